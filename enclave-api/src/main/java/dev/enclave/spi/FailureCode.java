package dev.enclave.spi;

/** What went wrong, in the engine's words. */
public enum FailureCode {
  /**
   * No such key or version. With class TRANSIENT: it is known to exist and reads do not show it
   * yet; the engine repeats that up to the deadline, since it is no outage.
   */
  NOT_FOUND,
  /** A key of this name exists, made by another operation. */
  ALREADY_EXISTS,
  /** Another version is active than the request expected. */
  CONFLICT,
  /** The version's state forbids it. */
  INVALID_STATE,
  /** The backend cannot do this; its description does not promise it. */
  UNSUPPORTED,
  /** The identity lacks a permission. */
  ACCESS_DENIED,
  /** A quota or hard limit is reached. */
  LIMIT_EXCEEDED,
  /** Too many requests. */
  THROTTLED,
  /** No connection, or the provider is down. */
  UNAVAILABLE,
  /** No answer within the deadline. */
  TIMEOUT,
  /**
   * The call waited in this process for something that other calls of it had, such as a connection
   * of a pool, and had no time left for an answer. It says nothing of the backend.
   */
  LOCAL_LOAD,
  /** Stored data is damaged or was changed. */
  CORRUPT,
  /** A stored key's stamp does not belong to this environment type. */
  STAMP_MISMATCH,
  /** A stored key's stamp cannot be read, and the operation needs it. */
  STAMP_UNREADABLE,
  /** The policy of the backend itself, such as a missing acknowledgement, forbids it. */
  REFUSED,
  /** A setting is missing or wrong; the message names it. */
  MISCONFIGURED,
  /** The provider refused for another reason. */
  REJECTED,
  /** The backend has been closed. */
  CLOSED
}
