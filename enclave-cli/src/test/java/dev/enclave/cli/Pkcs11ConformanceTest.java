package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Session;
import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.SoftHsm;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run of the contracts through the command in a token of SoftHSM's, called by way of OpenSC's
 * pkcs11-spy, which writes down each call.
 */
@Tag("full")
@Tag("needs-softhsm")
@Tag("needs-opensc")
class Pkcs11ConformanceTest {

  private static final Percentage CLOSE = Percentage.withPercentage(15);

  /** As a call begins. */
  private static final Pattern CALL = Pattern.compile("(?m)^[0-9]+: (?=C_)");

  /** Of the others each is tried as an object of a session, or hands one over. */
  private static final Predicate<String> MAKES_KEY =
      Pattern.compile("(?s)^C_(?:GenerateKey|UnwrapKey).* CKA_TOKEN +True.*Returned:  0 ")
          .asPredicate();

  @Test
  void conforms_asksWhatItSaid_andLeavesNoPrivateKey(@TempDir Path folder) throws Exception {
    SoftHsm.in(folder).token("wallet");
    Path log = folder.resolve("calls");
    SoftHsm.setVariable("PKCS11SPY", SoftHsm.library().toString());
    SoftHsm.setVariable("PKCS11SPY_OUTPUT", log.toString());
    Path pin = folder.resolve("pin");
    Files.createFile(
        pin, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(pin, SoftHsm.PIN);

    Cli.Run run =
        Cli.in(folder)
            .with(new MutableClock())
            .run(
                "conformance",
                "--backend=pkcs11",
                "--yes",
                "-Denclave.environment=development",
                "-Denclave.backend=pkcs11",
                "-Denclave.pkcs11.uri=pkcs11:token=wallet?module-path=" + SoftHsm.spy(),
                "-Denclave.pkcs11.pin-file=" + pin);

    assertThat(run.out()).doesNotContain("FAILED").doesNotContain("LEFT");
    assertThat(run.code()).as(run.out() + run.err()).isZero();
    List<String> calls = calls(log);
    Estimate estimate = new Pkcs11BackendProvider().estimate();
    assertThat(calls.stream().filter(MAKES_KEY).count()).isCloseTo(estimate.keys(), CLOSE);
    assertThat((long) calls.size()).isCloseTo(estimate.requests(), CLOSE);
    assertThat(left(Ck.CKO_PRIVATE_KEY)).isZero();
    assertThat(left(Ck.CKO_PUBLIC_KEY)).isZero();
    assertThat(left(Ck.CKO_SECRET_KEY)).isZero();
  }

  /** Each with its arguments and what was returned. */
  private static List<String> calls(Path log) throws IOException {
    return CALL.splitAsStream(Files.readString(log, StandardCharsets.ISO_8859_1)).skip(1).toList();
  }

  private static int left(long kind) throws Exception {
    try (CryptokiModule module = CryptokiModule.open(SoftHsm.library());
        Session session = module.openSession(module.slots(true).get(0), false)) {
      session.login(Ck.CKU_USER, SoftHsm.PIN.getBytes(StandardCharsets.UTF_8));
      return session.find(new Attributes().with(Ck.CKA_CLASS, kind)).size();
    }
  }
}
