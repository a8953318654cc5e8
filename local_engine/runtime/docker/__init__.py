"""Deploy a project to the user's own Docker engine, and look after what is deployed.

`detecting` finds the engine; `deploying` builds, starts and migrates, as `specs` says what each
part is; `replacing` and `sweeping` take back what did not come to its end; `deployment` asks the
engine what there is, `managing` does things with it. Modules import the library `docker` when they
run: it takes as long to import as everything else of a command.
"""
