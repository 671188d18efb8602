package dev.enclave.cli.keys;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.opening.BackendConfigurator;
import dev.enclave.internal.opening.BackendConfigurator.Configured;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.Reinitialiser;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys reinitialise}. */
@Command(
    name = "reinitialise",
    sortOptions = false,
    description = {
      "Begin anew where a store can never be opened again, because its sealing key is lost.",
      "Says which keys that gives up, and does nothing unless exactly these are named. The old"
          + " store is moved aside, and nothing deleted. Restore keys from their backups then."
    })
public final class KeysReinitialiseCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--backend",
      paramLabel = "ID",
      defaultValue = "os",
      description = "The backend; ${DEFAULT-VALUE} by default.")
  private String backend = "";

  @Option(
      names = "--give-up",
      paramLabel = "NAME",
      split = ",",
      description = "A key that is given up; name every one of them.")
  private List<String> givenUp = List.of();

  @Option(names = "--no-keys", description = "There are no keys in the store to give up.")
  private boolean noKeys;

  public KeysReinitialiseCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    BackendConfigurator configurator = Session.configurator();
    Configured configured = configurator.configured(session.request(), new BackendId(backend));
    if (!(configured.provider() instanceof Reinitialiser store)) {
      throw Texts.NO_STORE_TO_REINITIALISE.as(ErrorCode.UNSUPPORTED_OPERATION, backend);
    }
    try {
      return run(store, configured);
    } catch (BackendFailure e) {
      throw configurator.translate(configured, e);
    }
  }

  private int run(Reinitialiser store, Configured configured) throws BackendFailure {
    List<String> atStake =
        store.atStake(configured.context()).stream().map(KeyName::value).toList();
    if (givenUp.isEmpty() && !noKeys) {
      session.print(
          atStake.isEmpty()
              ? Texts.NO_KEYS_IN_STORE.with()
              : Texts.KEYS_AT_STAKE.with(String.join(", ", atStake)));
      session.print(
          Texts.NOTHING_REINITIALISED.with(
              atStake.isEmpty() ? "--no-keys" : Texts.GIVE_UP.with(String.join(",", atStake))));
      return 0;
    }
    String aside =
        store.reinitialise(configured.context(), givenUp.stream().map(KeyName::of).toList());
    session.print(Texts.STORE_SET_ASIDE.with(aside));
    session.print(Texts.RESTORE_KEYS.with());
    return 0;
  }
}
