package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many requests each operation takes: the table in the documentation is this test. */
class KmsRequestsTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private KmsBench bench;

  @BeforeEach
  void open() {
    bench = new KmsBench();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void signsByOneRequest() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.server.journal().clear();
    bench.backend.sign(key.ref(key.versions().get(0)), MESSAGE, bench.call());
    assertThat(bench.requests()).containsExactly("Sign");
  }

  @Test
  void signsByOneRequest_howeverOldTheReadingIs() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.clock.advance(Duration.ofDays(1));
    bench.server.journal().clear();
    bench.backend.sign(key.ref(key.versions().get(0)), MESSAGE, bench.call());
    assertThat(bench.requests()).containsExactly("Sign");
  }

  @Test
  void signsByOneRequest_withWhatAnotherProcessRead() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    try (CapableBackend another = bench.open()) {
      bench.server.journal().clear();
      another.sign(key.ref(key.versions().get(0)), MESSAGE, bench.call());
      assertThat(bench.requests()).containsExactly("Sign");
    }
  }

  @Test
  void refusesARetiredVersion_byNoRequest() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    KeySnapshot retired =
        bench.backend.changeState(
            key.ref(key.versions().get(0)), KeyState.VERIFY_ONLY, bench.call());
    bench.server.journal().clear();
    assertThatThrownBy(
            () -> bench.backend.sign(retired.ref(retired.versions().get(0)), MESSAGE, bench.call()))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.INVALID_STATE));
    assertThat(bench.requests()).isEmpty();
  }

  @Test
  void loadsByThreeRequests_andAsksForAPublicKeyOnce() throws BackendFailure {
    bench.create(KmsBench.NAME);
    bench.server.journal().clear();
    bench.loadAnew();
    assertThat(bench.requests())
        .containsExactly("DescribeKey", "ListResourceTags", "DescribeKey", "GetPublicKey");
    bench.server.journal().clear();
    bench.load();
    assertThat(bench.requests()).containsExactly("DescribeKey", "ListResourceTags", "DescribeKey");
  }

  @Test
  void loadsWithoutListing_amongManyKeys() throws BackendFailure {
    for (int i = 0; i < 20; i++) {
      bench.create(KeyName.of("other-" + i));
    }
    bench.create(KmsBench.NAME);
    bench.server.journal().clear();
    bench.loadAnew();
    assertThat(bench.requests()).hasSize(4).noneMatch(request -> request.startsWith("ListKeys"));
    assertThat(bench.requests()).doesNotContain("ListAliases");
  }

  @Test
  void createsByEightRequests() throws BackendFailure {
    bench.create(KmsBench.NAME);
    assertThat(bench.requests())
        .containsExactly(
            "DescribeKey",
            "DescribeKey",
            "DescribeKey",
            "DescribeKey",
            "DescribeKey",
            "CreateKey",
            "CreateAlias",
            "GetPublicKey");
  }

  @Test
  void changesTheIntervalByOneRequestMoreThanALoad() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.server.journal().clear();
    bench.backend.changeInterval(key.name(), RotationInterval.NEVER, bench.call());
    assertThat(bench.requests())
        .containsExactly("DescribeKey", "ListResourceTags", "DescribeKey", "TagResource");
  }

  @Test
  void rotatesByEighteenRequests() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    RotateRequest request = bench.rotation(key);
    bench.server.journal().clear();
    KeyVersion next = bench.backend.prepare(request, bench.call());
    assertThat(bench.requests())
        .containsExactly(
            "DescribeKey",
            "ListResourceTags",
            "DescribeKey",
            "CreateKey",
            "CreateAlias",
            "GetPublicKey");
    bench.server.journal().clear();
    bench.backend.activate(request, next.id(), bench.call());
    assertThat(bench.requests())
        .containsExactly(
            "DescribeKey",
            "ListResourceTags",
            "DescribeKey",
            "ListResourceTags",
            "DescribeKey",
            "DescribeKey",
            "DescribeKey",
            "TagResource",
            "CreateAlias",
            "TagResource",
            "DescribeKey",
            "CreateAlias");
  }

  @Test
  void wrapsByTwoRequests_sinceWhatDoesNotOpenIsLost_andUnwrapsByOne() throws BackendFailure {
    var request = bench.request(KeyName.of("kek"), WrappingAlgorithm.AES_256_GCM);
    KeySnapshot kek = bench.backend.create(request, bench.call(request.operationId()));
    bench.server.journal().clear();
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      var wrapped = bench.backend.wrap(kek.ref(kek.versions().get(0)), dataKey, bench.call());
      bench.backend.unwrap(kek.ref(kek.versions().get(0)), wrapped, bench.call()).close();
    }
    assertThat(bench.requests()).containsExactly("Encrypt", "Decrypt", "Decrypt");
  }

  @Test
  void asksNothing_whereTheStateIsAsWanted() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.server.journal().clear();
    bench.backend.changeState(key.ref(key.versions().get(0)), KeyState.ACTIVE, bench.call());
    assertThat(bench.requests()).containsExactly("DescribeKey", "ListResourceTags", "DescribeKey");
  }
}
