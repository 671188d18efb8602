package dev.enclave.cli.keys;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys create}: a signing key or a KEK, as the algorithm says. */
@Command(
    name = "create",
    sortOptions = false,
    description = "Create a key. Fails if one of this name exists.")
public final class KeysCreateCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "A lower-case letter, then a-z, 0-9 and '-'.")
  private String name = "";

  @Option(
      names = "--algorithm",
      required = true,
      paramLabel = "ALGORITHM",
      description = "For example ECDSA_P256_SHA256 or ED25519; AES_256_GCM makes a KEK.")
  private String algorithm = "";

  @Option(
      names = "--rotation",
      paramLabel = "INTERVAL",
      description = {
        "When a rotation is due: never, policy, or for example P90D.",
        "Default: policy; never for secp256k1 and Ed25519."
      })
  private @Nullable String rotation;

  @Option(
      names = "--on",
      paramLabel = "BACKEND",
      description = "The backend, if another than the resolved one.")
  private @Nullable String backend;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public KeysCreateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    KeySpec<?> unasked = KeySpec.named(name).algorithm(KeyAlgorithm.parse(algorithm));
    KeySpec<?> spec =
        rotation == null ? unasked : unasked.rotation(RotationInterval.parse(rotation));
    KeySpec<?> placed = backend == null ? spec : spec.on(BackendId.of(backend));
    KeyInfo key = session.withEnclave(enclave -> create(enclave, placed));
    if (json) {
      session.print(JsonOutput.object(out -> KeyOutput.json(out, key)));
    } else {
      session.print(Texts.KEY_CREATED.with(key.name()));
      session.print(KeyOutput.text(key));
    }
    return 0;
  }

  private KeyInfo create(Enclave enclave, KeySpec<?> spec) {
    EnclaveKey key = enclave.createKey(spec);
    session.warn(enclave.health());
    return key.info();
  }
}
