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
import dev.enclave.processes.SoftHsm;
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

/** A new token of SoftHSM's in a folder of its own, whose functions take the place of requests. */
public final class SoftHsmUnderTest implements CloudUnderTest {

  static final String PIN_FILE = "enclave.pkcs11.pin-file";
  private static final String LABEL = "enclave";

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

  @Override
  public BackendProvider provider() {
    return new Pkcs11BackendProvider();
  }

  /** The library looks for its tokens where a variable of the process says. */
  @Override
  public void reach(Deployment deployment) {
    Path pin = Path.of(String.valueOf(deployment.settings().get(PIN_FILE)));
    SoftHsm.setVariable("SOFTHSM2_CONF", pin.resolveSibling("softhsm2.conf").toString());
  }

  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    try {
      Path folder = Files.createTempDirectory("softhsm");
      SoftHsm.in(folder).token(LABEL);
      Path pin = folder.resolve("pin");
      Files.createFile(
          pin, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(pin, SoftHsm.PIN);
      return new Running(folder, FailingLibrary.by(faults, clock, SoftHsm.library()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return TokenAccount.of(SoftHsm.library(), LABEL, SoftHsm.PIN);
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

  private record Running(Path folder, FailingLibrary library) implements CloudServer {

    @Override
    public Deployment deployment() {
      return Deployment.of(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "pkcs11",
              "enclave.pkcs11.uri",
              "pkcs11:token=" + LABEL + "?module-path=" + SoftHsm.library(),
              PIN_FILE,
              folder.resolve("pin").toString(),
              "enclave.pkcs11.lock-directory",
              folder.resolve("locks").toString()));
    }

    @Override
    public List<JournalEntry> journal() {
      return library.journal();
    }

    @Override
    public void close() {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
