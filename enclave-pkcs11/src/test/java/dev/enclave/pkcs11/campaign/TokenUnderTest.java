package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A token in software, whose functions take the place of requests. */
abstract class TokenUnderTest implements CloudUnderTest {

  static final String PIN_FILE = "enclave.pkcs11.pin-file";

  /** Of the token, whoever makes it. */
  static final String LABEL = "enclave";

  private static final Requests REQUESTS =
      new Requests(
          Set.of(
              "C_FindObjects",
              "C_GetAttributeValue",
              "C_GenerateKeyPair:session",
              "C_UnwrapKey:session"),
          Set.of("C_FindObjects:all"),
          List.of("C_GenerateKeyPair", "C_CreateObject"),
          "C_Sign",
          Set.of(
              "C_DestroyObject",
              "C_SetAttributeValue",
              "C_GenerateKey",
              "C_UnwrapKey",
              "C_Encrypt",
              "C_Decrypt"));

  private final Path library;
  private final String pin;

  /** The library of the token, and its user's PIN. */
  TokenUnderTest(Path library, String pin) {
    this.library = library;
    this.pin = pin;
  }

  /**
   * Makes an empty token.
   *
   * @param folder a new one, for what belongs to it
   * @return what ends it
   */
  abstract AutoCloseable token(Path folder) throws IOException, InterruptedException;

  @Override
  public BackendProvider provider() {
    return new Pkcs11BackendProvider();
  }

  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    try {
      Path folder = Files.createTempDirectory("token");
      AutoCloseable token = token(folder);
      Path file = folder.resolve("pin");
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, pin);
      return new Running(folder, library, token, FailingLibrary.by(faults, clock, library));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The folder that {@link #token} has filled. */
  static Path folder(Deployment deployment) {
    return Path.of(String.valueOf(deployment.settings().get(PIN_FILE))).resolve("..").normalize();
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    reach(deployment);
    return TokenAccount.of(library, LABEL, pin);
  }

  @Override
  public Requests requests() {
    return REQUESTS;
  }

  /** A function does nothing, or something, and says so or not. */
  @Override
  public List<Fault> faults(String operation) {
    return List.of(
        Fault.resetBefore(),
        Fault.resetAfter(),
        Fault.refused(Reason.UNAVAILABLE),
        Fault.refused(Reason.THROTTLED));
  }

  /** In a new session, and by a library that is initialised anew. */
  @Override
  public int requestsOfARead() {
    return 3;
  }

  @Override
  public int requestsOfASignature() {
    return 3;
  }

  @Override
  public boolean leavesOrphans() {
    return true;
  }

  private record Running(Path folder, Path library, AutoCloseable token, FailingLibrary calls)
      implements CloudServer {

    @Override
    public Deployment deployment() {
      return Deployment.of(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "pkcs11",
              "enclave.pkcs11.uri",
              "pkcs11:token=" + LABEL + "?module-path=" + library,
              PIN_FILE,
              folder.resolve("pin").toString(),
              "enclave.pkcs11.lock-directory",
              folder.resolve("locks").toString()));
    }

    @Override
    public List<JournalEntry> journal() {
      return calls.journal();
    }

    @Override
    public void close() {
      try (Stream<Path> all = Files.walk(folder)) {
        token.close();
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
