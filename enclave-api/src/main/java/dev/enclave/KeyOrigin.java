package dev.enclave;

/** Where a key version's private key came from, as the backend reports it. */
public enum KeyOrigin {
  /** Made inside the backend that holds it. */
  GENERATED,
  /** Brought in from elsewhere: it exists, or existed, outside the backend. */
  IMPORTED,
  /** The backend does not say. Policies treat it like {@link #IMPORTED}. */
  UNKNOWN
}
