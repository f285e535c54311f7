/** Why a connection failed before anything was sent over it. */
export interface NetworkCause {
  remedy?: string;
  /** True if a retry cannot help. */
  lasting: boolean;
}

const NO_TLS = "ERR_SSL_WRONG_VERSION_NUMBER";

/**
 * Derives the cause from the error of a connection.
 *
 * @param atProxy - true if the connection to a proxy failed, and not the one to the service
 */
export function networkCause(error: unknown, code: string, atProxy: boolean): NetworkCause {
  const end = atProxy ? "proxy" : "endpoint";
  if (code === "ENOTFOUND")
    return { remedy: `The host name is unknown. Check the address of the ${end}.`, lasting: true };
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    const remedy =
      "The certificate is not signed by a trusted authority. Set NODE_EXTRA_CA_CERTS to the CA's PEM file.";
    return {
      remedy:
        code === "ERR_TLS_CERT_ALTNAME_INVALID"
          ? `The certificate is for a different host. Check the address of the ${end}.`
          : remedy,
      lasting: true,
    };
  }
  if (code === "EPROTO" || /^ERR_(SSL|TLS)/.test(code)) {
    // An alert is part of TLS, so the other side supports TLS.
    const refused = /alert/i.test((error as Error).message) && code !== NO_TLS;
    const remedy = refused
      ? `The ${end} rejected the TLS handshake. Check that it supports TLS 1.2 or later.`
      : `The port of the ${end} does not support TLS. Check the port${atProxy ? ", or write the proxy's address with http" : ""}.`;
    return { remedy, lasting: true };
  }
  return { lasting: code.startsWith("ERR_INVALID") };
}
