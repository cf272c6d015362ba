/**
 * Passkeys (WebAuthn): `form[data-passkey]` asks the browser for a credential when it is sent, and carries it in its hidden input.
 *
 * `create` makes a new one, `get` proves one, both with the options that the page holds in a JSON block (`data-options` names it);
 * `login` fetches them first. What goes wrong is said in the form, in the words of its `data-cancelled` and `data-unsupported`.
 */

type Json = Record<string, unknown>;

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function decoded(list: unknown): PublicKeyCredentialDescriptor[] {
  const given = Array.isArray(list) ? (list as { id: string; type: "public-key"; transports?: AuthenticatorTransport[] }[]) : [];
  return given.map((each) => ({ ...each, id: bytes(each.id) }));
}

function forCreating(options: Json, passwordless: boolean): PublicKeyCredentialCreationOptions {
  const user = options["user"] as Json & { id: string };
  const selection = options["authenticatorSelection"] as AuthenticatorSelectionCriteria | undefined;
  return {
    ...(options as unknown as PublicKeyCredentialCreationOptions),
    challenge: bytes(options["challenge"] as string),
    user: { ...(user as unknown as PublicKeyCredentialUserEntity), id: bytes(user.id) },
    excludeCredentials: decoded(options["excludeCredentials"]),
    authenticatorSelection: {
      ...selection,
      residentKey: passwordless ? "required" : "discouraged",
      requireResidentKey: passwordless,
      ...(passwordless ? { userVerification: "required" as const } : {}),
    },
  };
}

function forProving(options: Json): PublicKeyCredentialRequestOptions {
  return {
    ...(options as unknown as PublicKeyCredentialRequestOptions),
    challenge: bytes(options["challenge"] as string),
    allowCredentials: decoded(options["allowCredentials"]),
  };
}

function told(credential: PublicKeyCredential): Json {
  const answer = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response: Json = { clientDataJSON: text(answer.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"] as const) {
    if (answer[name]) response[name] = text(answer[name]);
  }
  if (answer.getTransports) response["transports"] = answer.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
  };
}

async function optionsOf(form: HTMLFormElement): Promise<Json> {
  const block = document.getElementById(form.dataset["options"] ?? "");
  if (block) return JSON.parse(block.textContent ?? "{}") as Json;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Json;
}

async function ask(form: HTMLFormElement): Promise<Credential | null> {
  const given = await optionsOf(form);
  const wrapped = (given["creation_options"] ?? given["request_options"]) as Json;
  const options = (wrapped["publicKey"] ?? wrapped) as Json;
  if (form.dataset["passkey"] !== "create") return navigator.credentials.get({ publicKey: forProving(options) });
  const passwordless = form.querySelector<HTMLInputElement>("input[name=passwordless]")?.checked ?? false;
  return navigator.credentials.create({ publicKey: forCreating(options, passwordless) });
}

function say(form: HTMLFormElement, words: string): void {
  const status = form.querySelector<HTMLElement>("[data-passkey-status]");
  if (!status) return;
  status.textContent = words;
  status.hidden = !words;
}

async function send(form: HTMLFormElement): Promise<void> {
  say(form, "");
  if (!window.PublicKeyCredential) return say(form, form.dataset["unsupported"] ?? "");
  try {
    const credential = await ask(form);
    const input = form.querySelector<HTMLInputElement>("input[name=credential]");
    if (!(credential instanceof PublicKeyCredential) || !input) throw new Error("no credential");
    input.value = JSON.stringify(told(credential));
    form.submit();
  } catch {
    say(form, form.dataset["cancelled"] ?? "");
  }
}

export function listenForPasskeys(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("form[data-passkey]")) return;
    event.preventDefault();
    void send(form);
  });
}
