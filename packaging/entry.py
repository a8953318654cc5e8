"""The frozen program: the engine and the command line, and a Python for what these start.

`engine` is `python -m local_engine`, and the same program under the name `backend-generator` is
the command line. Arguments that begin with one dash are those of Python (`-m MODULE`, `-c CODE`,
`-I -S FILE`): so the program runs itself, by `sys.executable`, wherever Python would be started:
for a project's service and commands, guards, jobs, mypy. What such a process may import is the
same as without freezing: everything below `lib/`, after the present folder.
"""

from __future__ import annotations

import io
import os
import sys

_COMMAND_LINE = "backend-generator"
_TAKE_A_VALUE = ("-X", "-W")


def main() -> None:
    """Be what the arguments say."""
    _find_packages()
    _restore_environment()
    arguments = sys.argv[1:]
    if arguments and arguments[0].startswith("-") and not arguments[0].startswith("--"):
        _run_as_python(arguments)
    elif arguments and arguments[0] == "--multiprocessing-fork":
        from multiprocessing.spawn import freeze_support

        freeze_support()
    elif os.path.basename(sys.argv[0]).startswith(_COMMAND_LINE):
        from local_engine.cli.main import main as command_line

        command_line()
    else:
        from local_engine.api.process.main import main as engine

        sys.exit(engine())


def _find_packages() -> None:
    """Import from where the packages lie; the interpreter itself does not look there."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = ("Lib",) if sys.platform == "win32" else ("lib", version)
    sys.path.append(os.path.join(sys.prefix, *library, "site-packages"))


def _restore_environment() -> None:
    """What programs started by this one inherit is what this one was started with."""
    from local_engine.runtime.foreign import restore_library_paths

    restore_library_paths(os.environ)
    if not os.environ.get("HOME"):  # an empty one would put the user's folders into the root's
        os.environ.pop("HOME", None)


def _run_as_python(arguments: list[str]) -> None:
    """Do what Python does with these arguments: its options are taken, and mean nothing here."""
    _heed_variables()
    while arguments:
        option, *arguments = arguments
        if option == "-m":
            _run_module(arguments)
        elif option == "-c":
            _run_code(arguments)
        elif not option.startswith("-"):
            _run_file([option, *arguments])
        else:
            arguments = arguments[1:] if option in _TAKE_A_VALUE else arguments
            continue
        return
    sys.exit("This program needs a module (-m), a command (-c) or a file to run.")


def _heed_variables() -> None:
    """Obey the variables that projects set; the frozen interpreter itself reads none."""
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    if os.environ.get("PYTHONUNBUFFERED"):
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(line_buffering=True)


def _run_module(arguments: list[str]) -> None:
    import runpy

    module, *_ = sys.argv = arguments
    sys.path.insert(0, os.getcwd())
    runpy._run_module_as_main(module)  # type: ignore[attr-defined]  # what `python -m` is made of


def _run_code(arguments: list[str]) -> None:
    import __main__

    code, *rest = arguments
    sys.argv = ["-c", *rest]
    sys.path.insert(0, "")
    exec(compile(code, "<string>", "exec"), __main__.__dict__)  # noqa: S102 - as asked for


def _run_file(arguments: list[str]) -> None:
    import runpy

    sys.argv = arguments
    runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
