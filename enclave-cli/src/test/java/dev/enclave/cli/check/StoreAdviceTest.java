package dev.enclave.cli.check;

import dev.enclave.cli.check.Cause.Server;
import dev.enclave.cli.check.Cause.Vain;
import dev.enclave.cli.check.Cause.World;
import dev.enclave.scenarios.UnlockedKeyring;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@link DoctorAdviceTest} on stores of this machine, each with a key that is not given up. */
@Tag("full")
class StoreAdviceTest {

  private static final String PASSPHRASE = "software.passphrase";
  private static final String FILE = "software.passphrase-file";
  private static final Vain VAIN = new Vain("aws-kms.connections", "7");

  private final Path folder;

  StoreAdviceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private World withKey(String environment, String store, String... settings) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("environment", environment);
    all.put("backend", "software");
    all.put("software.directory", folder.resolve(store).toString());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return withKey(World.of(all, machine()));
  }

  private World withKey(World world) {
    world.makeKey(folder);
    return world;
  }

  private FakeEnvironment machine() {
    return FakeEnvironment.empty().withProperty("user.home", folder.resolve("home").toString());
  }

  private Path file(String name, String text) {
    try {
      Path file = Files.writeString(folder.resolve(name), text);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Server mode(Path path, String wrong, String right) {
    return toWrong -> {
      try {
        Files.setPosixFilePermissions(
            path, PosixFilePermissions.fromString(toWrong ? wrong : right));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @TestFactory
  Stream<DynamicTest> software() {
    World set = withKey("development", "set", PASSPHRASE, "six random words");
    Path passphrase = file("passphrase", "six random words\n");
    World read = withKey("development", "read", FILE, passphrase.toString());
    World local = withKey("local", "local");
    Path keys = folder.resolve("local");
    Path masterKey = keys.resolve("master.key");
    Path missing = folder.resolve("missing");
    return Stream.of(
            new Cause("a wrong passphrase", set.with(PASSPHRASE, "wrong"), set, VAIN, PASSPHRASE),
            new Cause("no passphrase", set.without(PASSPHRASE), set, VAIN, PASSPHRASE),
            new Cause(
                "a wrong passphrase in its file",
                read.with(FILE, file("other", "wrong\n").toString()),
                read,
                VAIN,
                FILE),
            new Cause(
                "a passphrase file that is not there",
                read.with(FILE, missing.toString()),
                read,
                VAIN,
                "put the passphrase there",
                FILE),
            new Cause(
                "an empty passphrase file",
                read.with(FILE, file("empty", "").toString()),
                read,
                VAIN,
                FILE),
            new Cause(
                "a passphrase for a store without one",
                local.with(PASSPHRASE, "six random words"),
                local,
                VAIN,
                "remove the setting"),
            new Cause(
                "a store of LOCAL elsewhere",
                local.with("environment", "development"),
                local,
                VAIN,
                "enclave.environment=local"),
            new Cause(
                "a key file for others",
                local,
                mode(masterKey, "rw-r--r--", "rw-------"),
                local,
                VAIN,
                "chmod 600 " + masterKey),
            new Cause(
                "a directory for others",
                local,
                mode(keys, "rwxrwxrwx", "rwx------"),
                local,
                VAIN,
                "chmod 700 " + keys))
        .map(cause -> cause.test(folder));
  }

  @Tag("needs-keyring")
  @TestFactory
  Stream<DynamicTest> os() throws IOException {
    UnlockedKeyring keyring = new UnlockedKeyring(folder.resolve("desk"));
    String directory = folder.resolve("os").toString();
    World sound =
        World.of(
            Map.of("environment", "local", "backend", "os", "os.directory", directory),
            keyring.seenBy(machine()));
    withKey(sound);
    World software = withKey("local", "software");
    return Stream.of(
            new Cause(
                "a store of the software backend",
                sound.with("os.directory", folder.resolve("software").toString()),
                software,
                VAIN,
                "backend software"),
            new Cause(
                "a store of the OS backend",
                software.with("software.directory", directory),
                sound,
                VAIN,
                "backend os"),
            new Cause(
                "no session bus",
                sound.on(machine().withProperty("os.name", "Linux")),
                sound,
                VAIN,
                "DBUS_SESSION_BUS_ADDRESS|dbus-run-session"))
        .map(cause -> cause.test(folder))
        .onClose(keyring::close);
  }
}
