package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.cli.Cli;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code enclave keys reseal} where a key of another backend seals the keys. */
class RewrapCommandTest {

  private final Sealed sealed = new Sealed();
  private final Cli cli;

  RewrapCommandTest(@TempDir Path folder) {
    cli = Cli.local(folder).with(sealed);
    for (String name : new String[] {"one", "two", "three"}) {
      run("keys", "create", name, "--algorithm", "ED25519");
    }
  }

  private Cli.Run run(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "-D";
    all[arguments.length + 1] = "enclave.backend=" + sealed.id();
    return cli.run(all);
  }

  /** Version 2 of a key-encryption key wraps, and the key of this name is under it already. */
  private static final class Sealed implements BackendProvider, KeyRewrapper {

    private final InMemoryProvider keys = new InMemoryProvider(new InMemoryStore());
    private final Set<String> current = new ConcurrentSkipListSet<>(Set.of("one"));
    private Optional<String> damaged = Optional.empty();

    @Override
    public boolean mayRewrap(CallContext call) {
      return true;
    }

    @Override
    public KeyVersionId kekVersion(CallContext call) {
      return KeyVersionId.of("2");
    }

    @Override
    public boolean isCurrent(KeyName name, CallContext call) {
      return current.contains(name.value());
    }

    @Override
    public void rewrap(KeyName name, CallContext call) throws BackendFailure {
      if (damaged.equals(Optional.of(name.value()))) {
        throw BackendFailure.permanent(FailureCode.CORRUPT, "Secret " + name + " is damaged.");
      }
      current.add(name.value());
    }

    @Override
    public BackendId id() {
      return keys.id();
    }

    @Override
    public Assurance assuranceCeiling() {
      return keys.assuranceCeiling();
    }

    @Override
    public Detection detect(DetectionContext context) {
      return keys.detect(context);
    }

    @Override
    public SigningBackend open(BackendContext context) throws BackendFailure {
      return new BackendDecorator(keys.open(context)) {
        @Override
        public <C extends Capability> Optional<C> capability(Class<C> type) {
          return type == KeyRewrapper.class
              ? Optional.of(type.cast(Sealed.this))
              : super.capability(type);
        }

        @Override
        protected <T> T around(String operation, CallContext call, Call<T> made)
            throws BackendFailure {
          return made.run(call);
        }
      };
    }
  }

  /** The key that countersigns checkpoints lies there too, and counts. */
  @Test
  void sealsTheCheckpointKeyToo() {
    assertThat(run("keys", "reseal", "--json").out())
        .contains("\"two\"", "\"three\"", "\"enclave-audit-checkpoint\"");
    assertThat(sealed.current).containsExactly("enclave-audit-checkpoint", "one", "three", "two");
  }

  @Test
  void sealsWhatIsUnderAnOlderVersion_andSaysHowMany() {
    Cli.Run run = run("keys", "reseal");
    assertThat(run.out()).contains("Version 2", "Sealed anew: 3", "Under it already: 1");
    assertThat(run.code()).isZero();
    assertThat(run("keys", "reseal").out()).contains("Sealed anew: 0", "Under it already: 4");
    assertThat(run("keys", "reseal", "--all").out()).contains("Sealed anew: 4");
  }

  @Test
  void namesTheKeyThatNobodyCouldRewrap() {
    sealed.damaged = Optional.of("three");
    Cli.Run run = run("keys", "reseal");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("Sealed anew: 2", "Not resealed: three: ", "Do not disable older versions");
    assertThat(run("keys", "reseal", "--json").out())
        .contains("\"kekVersion\"", "\"rewrapped\"", "\"KEY_DATA_CORRUPT\"");
  }

  @Test
  void refusesAPassphrase() {
    Cli.Run run = run("keys", "reseal", "--without-passphrase");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no passphrase");
    assertThat(sealed.current).containsExactly("one");
  }
}
