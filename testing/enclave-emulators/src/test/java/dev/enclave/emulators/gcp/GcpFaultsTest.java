package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P384_SHA384;
import static dev.enclave.emulators.gcp.GcpKeys.crc32c;
import static dev.enclave.emulators.gcp.GcpRefusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.ByteString;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What Google's client sees, and the journal says, when a fault is injected. */
class GcpFaultsTest {

  private static final ByteString MESSAGE = ByteString.copyFromUtf8("pay 3 to bob");

  private final FaultInjector faults = new FaultInjector();
  private final GcpKmsServer server = GcpKmsServer.builder().faults(faults).start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final CryptoKey key =
      kms.createCryptoKey(
          GcpKeys.ring(kms, server).getName(), "key", GcpKeys.signing(EC_SIGN_P256_SHA256).build());

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void aLatencyIsFollowedByTheAnswer() {
    inject("latency PT0.001S");

    assertThat(sign().getName()).isEqualTo(GcpKeys.version(key, 1));
    assertThat(journaled().fault()).hasValue("latency PT0.001S");
  }

  @ParameterizedTest
  @CsvSource({"reset-before, false", "reset-after, true"})
  void aResetBreaksTheConnection(String fault, boolean applied) {
    inject(fault);

    ApiException broken = refusal(this::sign);

    assertThat(broken.getStatusCode().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(broken).hasStackTraceContaining("Connection reset");
    assertThat(journaled().fate()).isEqualTo(Fate.RESET);
    assertThat(journaled().applied()).isEqualTo(applied);
    assertThat(sign().getName()).isEqualTo(GcpKeys.version(key, 1));
  }

  @Test
  void aTruncatedAnswerIsACancelledStream() {
    inject("truncated 5");

    ApiException broken = refusal(this::sign);

    assertThat(broken.getStatusCode().getCode()).isEqualTo(Code.CANCELLED);
    assertThat(broken).hasMessageContaining("RST_STREAM");
    assertThat(journaled().fate()).isEqualTo(Fate.TRUNCATED);
    assertThat(journaled().applied()).isTrue();
  }

  @Test
  void aTruncatedAnswerLeavesNoStackTraceInTheLog() {
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger grpc = Logger.getLogger("io.grpc");
    grpc.addHandler(handler);
    try {
      inject("truncated 5");
      refusal(this::sign);
    } finally {
      grpc.removeHandler(handler);
    }
    assertThat(logged).extracting(LogRecord::getMessage).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "INTERNAL_ERROR, INTERNAL, 500",
    "UNAVAILABLE, UNAVAILABLE, 503",
    "TIMEOUT, DEADLINE_EXCEEDED, 504",
    "THROTTLED, RESOURCE_EXHAUSTED, 429",
    "EXPIRED_TOKEN, UNAUTHENTICATED, 401"
  })
  void aRefusalIsSaidInTheWordsOfTheService(Reason reason, Code code, int status) {
    faults.follow(
        FaultPlan.NONE
            .on("AsymmetricSign", 1, Fault.refused(reason))
            .on("AsymmetricSign", 2, Fault.refusedButApplied(reason)));

    assertThat(refusal(this::sign).getStatusCode().getCode()).isEqualTo(code);
    assertThat(journaled().applied()).isFalse();
    assertThat(journaled().status()).isEqualTo(status);
    assertThat(journaled().error()).hasValue(code.name());
    assertThat(refusal(this::sign).getStatusCode().getCode()).isEqualTo(code);
    assertThat(journaled().applied()).isTrue();
  }

  @Test
  void throttlingSaysWhenToComeAgain() {
    inject("throttled");

    ApiException refused = refusal(this::sign);

    assertThat(refused.getReason()).isEqualTo("RATE_LIMIT_EXCEEDED");
    assertThat(
            Objects.requireNonNull(refused.getErrorDetails().getRetryInfo())
                .getRetryDelay()
                .getSeconds())
        .isEqualTo(1);
  }

  @Test
  void anotherKeysSignatureIsGood_butNotThisKeys() throws Exception {
    inject("wrong another-key");

    AsymmetricSignResponse signed = sign();

    assertThat(signed.getSignatureCrc32C()).isEqualTo(crc32c(signed.getSignature()));
    assertThat(signed.getName()).isEqualTo(GcpKeys.version(key, 1));
    assertThat(verifies(signed.getSignature())).isFalse();
    assertThat(verifies(sign().getSignature())).isTrue();
  }

  @Test
  void aFlippedBitDoesNotMatchItsChecksum_unlessThatIsFlippedToo() throws Exception {
    inject("wrong flipped-bit");
    AsymmetricSignResponse flipped = sign();
    assertThat(flipped.getSignatureCrc32C()).isNotEqualTo(crc32c(flipped.getSignature()));

    inject("wrong flipped-bit-with-checksum");
    AsymmetricSignResponse checked = sign();
    assertThat(checked.getSignatureCrc32C()).isEqualTo(crc32c(checked.getSignature()));
    assertThat(verifies(checked.getSignature())).isFalse();

    inject("wrong corrupted-checksum");
    AsymmetricSignResponse corrupted = sign();
    assertThat(corrupted.getSignatureCrc32C()).isNotEqualTo(crc32c(corrupted.getSignature()));
    assertThat(verifies(corrupted.getSignature())).isTrue();
  }

  @Test
  void namesLevelsAndFlagsCanBeWrong() {
    inject("wrong another-key-id");
    assertThat(sign().getName()).isEqualTo(GcpKeys.version(key, 2));
    inject("wrong another-protection-level");
    assertThat(sign().getProtectionLevel()).isEqualTo(ProtectionLevel.SOFTWARE);
    inject("wrong unverified");
    assertThat(sign().getVerifiedDataCrc32C()).isFalse();
  }

  @Test
  void aKeyMayBeMadeWithoutItsLabels() {
    faults.follow(FaultPlan.parse("CreateCryptoKey 1: wrong unlabelled"));
    String ring = key.getName().split("/cryptoKeys/", -1)[0];
    CryptoKey made =
        kms.createCryptoKey(
            ring, "fraud", GcpKeys.signing(EC_SIGN_P256_SHA256).putLabels("owner", "pay").build());

    assertThat(made.getLabelsMap()).isEmpty();
    assertThat(kms.getCryptoKey(made.getName()).getLabelsMap()).isEmpty();
  }

  @Test
  void aPublicKeyCanBeWrongToo() {
    faults.follow(
        FaultPlan.parse(
            """
            GetPublicKey 1: wrong flipped-bit
            GetPublicKey 2: wrong another-algorithm
            GetPublicKey 3: wrong another-key-id
            """));

    PublicKey flipped = kms.getPublicKey(GcpKeys.version(key, 1));
    assertThat(flipped.getPemCrc32C()).isNotEqualTo(crc32c(flipped.getPemBytes()));
    assertThat(kms.getPublicKey(GcpKeys.version(key, 1)).getAlgorithm())
        .isEqualTo(EC_SIGN_P384_SHA384);
    assertThat(kms.getPublicKey(GcpKeys.version(key, 1)).getName())
        .isEqualTo(GcpKeys.version(key, 2));
  }

  @Test
  void errorsStayAsTheyAre() {
    for (String kind : List.of("another-key", "flipped-bit", "another-key-id")) {
      inject("wrong " + kind);
      assertThat(
              refusal(
                      () ->
                          kms.asymmetricSign(
                              AsymmetricSignRequest.newBuilder()
                                  .setName(GcpKeys.version(key, 9))
                                  .setData(MESSAGE)
                                  .build()))
                  .getStatusCode()
                  .getCode())
          .isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void aPlanHasOnlyWrongAnswersThatThereAre() {
    assertThatThrownBy(
            () -> faults.follow(FaultPlan.NONE.on("AsymmetricSign", 1, Fault.wrong("nonsense"))))
        .hasMessageContaining("corrupted-checksum");
  }

  @ParameterizedTest
  @EnumSource
  void anOutageLastsUntilItsEnd(Fault.Outage kind) {
    int port = server.port();
    faults.beginOutage(kind);

    assertThat(refusal(this::sign).getStatusCode().getCode()).isEqualTo(Code.UNAVAILABLE);

    faults.endOutage();
    assertThat(server.port()).isEqualTo(port);
    // A channel waits before it tries a port again that refused it.
    try (KeyManagementServiceClient fresh = GcpClients.kms(server)) {
      assertThat(fresh.getCryptoKey(key.getName()).getName()).isEqualTo(key.getName());
    }
  }

  @Test
  void everyRequestHasALatency_ifTheServerHas() {
    try (GcpKmsServer slow = GcpKmsServer.builder().latency(Duration.ofMillis(1)).start();
        KeyManagementServiceClient client = GcpClients.kms(slow)) {
      assertThat(GcpKeys.ring(client, slow).getName()).endsWith("/keyRings/ring");
    }
  }

  private void inject(String fault) {
    faults.follow(FaultPlan.parse("AsymmetricSign 1: " + fault));
  }

  private AsymmetricSignResponse sign() {
    return kms.asymmetricSign(
        AsymmetricSignRequest.newBuilder()
            .setName(GcpKeys.version(key, 1))
            .setData(MESSAGE)
            .setDataCrc32C(crc32c(MESSAGE))
            .build());
  }

  private JournalEntry journaled() {
    List<JournalEntry> entries = server.journal().of("AsymmetricSign");
    return entries.get(entries.size() - 1);
  }

  private boolean verifies(ByteString signature) throws Exception {
    String pem = kms.getPublicKey(GcpKeys.version(key, 1)).getPem();
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded)));
    verifier.update(MESSAGE.toByteArray());
    try {
      return verifier.verify(signature.toByteArray());
    } catch (java.security.SignatureException e) {
      return false;
    }
  }
}
