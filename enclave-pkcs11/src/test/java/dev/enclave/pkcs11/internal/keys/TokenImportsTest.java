package dev.enclave.pkcs11.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.LocalKey;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Session;
import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.SoftHsm;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.internal.bench.Verification;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes into a token of SoftHSM's, which unwraps by SHA-1 and AES-KWP, and no Ed25519. */
@Tag("full")
@Tag("needs-softhsm")
class TokenImportsTest {

  private static final MutableClock CLOCK = new MutableClock();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String LABEL = "imports";

  @TempDir private static Path folder = Path.of("");

  private static SigningBackend backend;

  @BeforeAll
  static void open() throws Exception {
    SoftHsm.in(folder).token(LABEL);
    TokenAdministrator administrator =
        new TokenAdministrator(SoftHsm.library(), LABEL, SoftHsm.PIN, folder);
    backend = new Pkcs11BackendProvider().open(administrator.context(CLOCK));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  private static CallContext call() {
    return CallContext.of("restore", 1, Deadline.in(Duration.ofSeconds(30), CLOCK), CLOCK);
  }

  private static KeyImporter importer() {
    return backend.capability(KeyImporter.class).orElseThrow();
  }

  @Test
  void takesEveryAlgorithm_thatTheTokenWasSeenToUnwrap() {
    Set<SigningAlgorithm> all = EnumSet.allOf(SigningAlgorithm.class);
    all.remove(SigningAlgorithm.ED25519);
    assertThat(importer().importSupport().algorithms()).isEqualTo(all);
    assertThat(importer().importSupport().whole()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ECDSA_P521_SHA512", "ECDSA_SECP256K1_SHA256", "RSA_PSS_2048_SHA256"})
  void bringsInAKey_thatSigns_andThatNobodyCanRead(SigningAlgorithm algorithm) throws Exception {
    KeyName name = KeyName.of(algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    KeySnapshot restored;
    try (LocalKey key = LocalKey.generate(algorithm, RANDOM);
        ExportedKey exported =
            ExportedKey.of(
                name,
                algorithm,
                RotationInterval.NEVER,
                Optional.empty(),
                List.of(
                    ExportedKey.Version.of(
                        KeyVersionId.of("v1"),
                        KeyState.ACTIVE,
                        Instant.EPOCH,
                        key.publicKey(),
                        Optional.of(key.encode()))))) {
      RestoreRequest request =
          RestoreRequest.of(name, EnvironmentType.DEVELOPMENT, exported, "restore");
      restored = importer().restore(request, call());
    }
    KeyVersion active = restored.active().orElseThrow();
    DigestAlgorithm hash = algorithm.digest().orElseThrow();
    Digest input = Digest.of(hash, new byte[hash.length()]);
    Verification.requireSigned(
        active,
        input,
        backend
            .capability(KeySigner.class)
            .orElseThrow()
            .sign(restored.ref(active), input, call()));
    try (CryptokiModule module = CryptokiModule.open(SoftHsm.library());
        Session session = SoftHsmTroubleTest.session(module, LABEL)) {
      Attributes secret =
          session.attributes(
              session.find(labelled(name, Ck.CKO_PRIVATE_KEY)).get(0),
              Ck.CKA_SENSITIVE,
              Ck.CKA_EXTRACTABLE,
              Ck.CKA_LOCAL,
              Ck.CKA_ID);
      assertThat(secret.bool(Ck.CKA_SENSITIVE)).contains(true);
      assertThat(secret.bool(Ck.CKA_EXTRACTABLE)).contains(false);
      assertThat(secret.bool(Ck.CKA_LOCAL)).contains(false);
      List<Long> halves = session.find(labelled(name, Ck.CKO_PUBLIC_KEY));
      assertThat(halves).hasSize(1);
      assertThat(session.attributes(halves.get(0), Ck.CKA_ID).bytes(Ck.CKA_ID).orElseThrow())
          .isEqualTo(secret.bytes(Ck.CKA_ID).orElseThrow());
      assertThat(session.find(new Attributes().with(Ck.CKA_TOKEN, false))).isEmpty();
    }
  }

  private static Attributes labelled(KeyName name, long kind) {
    return new Attributes().with(Ck.CKA_CLASS, kind).with(Ck.CKA_LABEL, name.value());
  }
}
