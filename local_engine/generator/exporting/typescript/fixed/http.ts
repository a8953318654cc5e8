/** Requests with fetch: JSON in and out, problems as errors, tokens that renew themselves. */

/** What an access to the service looks like; keep both, the refresh token is spent at each use. */
export interface TokenPair {
  access_token: string;
  refresh_token: string;
}

/** RFC 9457: every error of the service is one. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  /** The id of the rule that was violated. */
  rule?: string;
  /** The values that were refused, each with a JSON pointer. */
  errors?: { pointer: string; code: string; message: string }[];
  request_id?: string;
}

/** The service refused a request. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Headers,
  ) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
  }

  get status(): number {
    return this.problem.status;
  }
}

/** A successful answer: its data, and the version of the row for `If-Match`. */
export interface Answer<Data> {
  data: Data;
  status: number;
  etag: string | null;
  headers: Headers;
}

export type QueryValue = string | number | boolean | null | undefined;

export interface Call {
  query?: Record<string, QueryValue>;
  headers?: Record<string, string | undefined>;
  json?: unknown;
  form?: Record<string, QueryValue>;
  bytes?: Blob;
  answer: "json" | "bytes" | "nothing";
}

export interface HttpOptions {
  /** Where the service runs, such as `http://127.0.0.1:8000`. */
  baseUrl: string;
  /** Tokens of an earlier session. */
  tokens?: TokenPair | null;
  /** Called whenever the tokens change (null: signed out); the place to store them. */
  onTokens?: (tokens: TokenPair | null) => void;
  fetch?: typeof fetch;
}

export class Http {
  #tokens: TokenPair | null;
  #renewal: Promise<boolean> | null = null;
  readonly #baseUrl: string;
  readonly #fetch: typeof fetch;
  readonly #onTokens: (tokens: TokenPair | null) => void;

  constructor(options: HttpOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#tokens = options.tokens ?? null;
    this.#fetch = options.fetch ?? fetch.bind(globalThis);
    this.#onTokens = options.onTokens ?? (() => undefined);
  }

  get tokens(): TokenPair | null {
    return this.#tokens;
  }

  setTokens(tokens: TokenPair | null): void {
    this.#tokens = tokens;
    this.#onTokens(tokens);
  }

  /** Sends a request; a 401 for an access token that has ended is tried once more. */
  async send<Data>(method: string, path: string, call: Call): Promise<Answer<Data>> {
    const sent = this.#tokens;
    let response = await this.#request(method, path, call, sent);
    if (response.status === 401 && sent !== null && (await this.#renewed(sent))) {
      response = await this.#request(method, path, call, this.#tokens);
    }
    if (!response.ok && response.status !== 304) {
      throw await problemOf(response);
    }
    return {
      data: (await contentOf(response, call.answer)) as Data,
      status: response.status,
      etag: response.headers.get("ETag"),
      headers: response.headers,
    };
  }

  async #request(
    method: string,
    path: string,
    call: Call,
    tokens: TokenPair | null,
  ): Promise<Response> {
    const headers = new Headers();
    for (const [name, value] of Object.entries(call.headers ?? {})) {
      if (value !== undefined) headers.set(name, value);
    }
    if (tokens !== null) headers.set("Authorization", `Bearer ${tokens.access_token}`);
    const init: RequestInit = { method, headers };
    if (call.json !== undefined) {
      headers.set("Content-Type", "application/json");
      init.body = JSON.stringify(call.json);
    } else if (call.form !== undefined) {
      init.body = searchOf(call.form);
    } else if (call.bytes !== undefined) {
      init.body = call.bytes;
    }
    const search = searchOf(call.query ?? {}).toString();
    return this.#fetch(`${this.#baseUrl}${path}${search && `?${search}`}`, init);
  }

  /** Renews the tokens, once for all requests that wait for it. */
  async #renewed(spent: TokenPair): Promise<boolean> {
    if (this.#tokens !== spent) return this.#tokens !== null;
    this.#renewal ??= this.#renew(spent).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renew(spent: TokenPair): Promise<boolean> {
    const json = { refresh_token: spent.refresh_token };
    const response = await this.#request("POST", "/auth/refresh", { json, answer: "json" }, null);
    if (this.#tokens !== spent) return this.#tokens !== null;
    if (response.ok) {
      this.setTokens((await response.json()) as TokenPair);
    } else if (response.status === 401) {
      this.setTokens(null);
    }
    return response.ok;
  }
}

function searchOf(values: Record<string, QueryValue>): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  return search;
}

async function contentOf(response: Response, answer: Call["answer"]): Promise<unknown> {
  if (answer === "nothing" || response.status === 204 || response.status === 304) return undefined;
  return answer === "json" ? response.json() : response.blob();
}

async function problemOf(response: Response): Promise<ProblemError> {
  const kind = response.headers.get("Content-Type") ?? "";
  if (kind.includes("json")) {
    try {
      return new ProblemError((await response.json()) as Problem, response.headers);
    } catch {
      // Something between the service and us answered.
    }
  }
  const problem = { type: "about:blank", title: response.statusText, status: response.status };
  return new ProblemError(problem, response.headers);
}
