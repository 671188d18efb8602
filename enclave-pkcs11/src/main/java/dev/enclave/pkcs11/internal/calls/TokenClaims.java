package dev.enclave.pkcs11.internal.calls;

import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.spi.BackendFailure;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Claims as data objects: CKA_APPLICATION {@code enclave.claim}, CKA_LABEL the id, CKA_VALUE the
 * milliseconds since 1970 in 8 octets, big-endian.
 */
record TokenClaims(TokenSession session) implements HostClaims.Place {

  private static Attributes claims() {
    return new Attributes()
        .with(Ck.CKA_CLASS, Ck.CKO_DATA)
        .with(Ck.CKA_TOKEN, true)
        .with(Ck.CKA_APPLICATION, "enclave.claim");
  }

  @Override
  public Map<String, Instant> all() throws CryptokiException, BackendFailure {
    Map<String, Instant> all = new TreeMap<>();
    for (long handle : session.find(claims())) {
      Optional<Attributes> told = session.attributes(handle, Ck.CKA_LABEL, Ck.CKA_VALUE);
      if (told.isPresent()) {
        byte[] at = told.get().bytes(Ck.CKA_VALUE).orElse(new byte[0]);
        // One that is not of this form is nobody's, and as old as can be.
        Instant time =
            at.length == Long.BYTES
                ? Instant.ofEpochMilli(ByteBuffer.wrap(at).getLong())
                : Instant.EPOCH;
        all.put(told.get().text(Ck.CKA_LABEL).orElse(""), time);
      }
    }
    return all;
  }

  @Override
  public void put(String id, Instant at) throws CryptokiException {
    byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(at.toEpochMilli()).array();
    session
        .session()
        .createObject(
            claims().with(Ck.CKA_PRIVATE, true).with(Ck.CKA_LABEL, id).with(Ck.CKA_VALUE, value));
  }

  @Override
  public void remove(String id) throws CryptokiException, BackendFailure {
    session.destroy(claims().with(Ck.CKA_LABEL, id));
  }
}
