package dev.enclave.crypto.internal.engine;

import dev.enclave.Bytes;
import dev.enclave.SigningInput;

/** Signs with one private key that an engine holds. Thread-safe, but for {@link #destroy()}. */
public interface Signatory {

  Bytes sign(SigningInput input);

  void destroy();
}
