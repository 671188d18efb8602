package dev.enclave.pkcs11.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.cryptoki.Ck;
import dev.enclave.pkcs11.internal.settings.Pkcs11Uri;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Keys of a token as another program makes them, which no document names. Thread-safe.
 *
 * @param keys of the same token, which ends with this
 */
public record BareTokenKeys(Pkcs11Keys keys) implements BareKeys {

  @Override
  public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    keys.requireOffered(algorithm);
    String unique = HexFormat.of().toHexDigits(UUID.randomUUID().getLeastSignificantBits());
    KeyName label = KeyName.of("enclave-conformance-" + unique);
    byte[] id = unique.getBytes(StandardCharsets.US_ASCII);
    keys.token()
        .run(
            Pkcs11Keys.request("C_GenerateKeyPair", true, label.value()),
            call,
            session -> {
              keys.generate(session, label, id, algorithm);
              return id;
            });
    String uri = "pkcs11:object=" + label;
    return keys.scheme().of(!algorithm.asymmetric(), algorithm.curve(), algorithm.keyBits()).size()
            == 1
        ? uri
        : uri + "#" + algorithm;
  }

  @Override
  public void remove(String providerUri, CallContext call) throws BackendFailure {
    byte[] label =
        Pkcs11Uri.parse(providerUri.replaceFirst("#.*", ""))
            .flatMap(uri -> uri.octets(Pkcs11Uri.OBJECT))
            .orElseThrow(keys::notAKey);
    keys.destroyAll(Ck.CKA_LABEL, label, providerUri, call);
  }

  @Override
  public void close() {
    keys.token().gate().close();
  }
}
