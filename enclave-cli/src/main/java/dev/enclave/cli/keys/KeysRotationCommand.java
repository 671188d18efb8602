package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys rotation}. */
@Command(
    name = "rotation",
    sortOptions = false,
    description = {
      "Change how often a key is due for rotation.",
      "Rotates nothing by itself; says when the next rotation is due."
    })
public final class KeysRotationCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(index = "0", paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "INTERVAL",
      description = "never, policy or an ISO 8601 duration such as P90D.")
  private String interval = "";

  @Option(
      names = "--yes",
      description = "Confirms that the address of a key may be left when the interval is over.")
  private boolean yes;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public KeysRotationCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    RotationInterval asked = RotationInterval.parse(interval);
    KeyInfo key = session.withEnclave(enclave -> change(enclave, asked));
    session.print(
        json
            ? JsonOutput.object(out -> KeyOutput.json(out, key))
            : List.of(
                Texts.ROTATION_INTERVAL_IS.with(
                    key.name(),
                    key.rotation(),
                    key.nextRotationAt().map(Object::toString).orElse("never"))));
    return 0;
  }

  private KeyInfo change(Enclave enclave, RotationInterval asked) {
    ManagedKey key = KeyArgument.managed(enclave, name);
    if (!asked.equals(RotationInterval.NEVER)) {
      AddressKeys.requireConfirmed(key.info(), yes, Texts.INTERVAL_NOT_CHANGED.with(asked));
    }
    return key.changeRotation(asked);
  }
}
