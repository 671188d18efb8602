package dev.enclave.kit.kek;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;

/**
 * None: the data key lies in the record as it is, and says so. Whoever reads the Secret has the
 * key. A key that everybody knows would protect it no better, and look as if it did.
 *
 * @param setting what would name a key, for messages
 */
public record NoKek(String setting) implements RecordKek {

  /** What stands in place of a key's handle. */
  static final String NAME = "none";

  @Override
  public Wrapped wrap(SecretBytes dataKey, Bytes associatedData, CallContext call) {
    return new Wrapped(NAME, dataKey.use(Bytes::of));
  }

  @Override
  public SecretBytes unwrap(Wrapped wrapped, Bytes associatedData, CallContext call)
      throws BackendFailure {
    if (!wrapped.kek().equals(NAME)) {
      throw Texts.NO_KEK.permanent(FailureCode.CORRUPT, setting);
    }
    return SecretBytes.takeOver(wrapped.wrapped().toByteArray());
  }

  @Override
  public boolean isCurrent(Wrapped wrapped) {
    return wrapped.kek().equals(NAME);
  }

  @Override
  public Assurance assurance() {
    return Assurance.PLAINTEXT;
  }
}
