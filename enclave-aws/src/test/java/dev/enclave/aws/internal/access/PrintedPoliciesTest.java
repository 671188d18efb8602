package dev.enclave.aws.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.Sessions;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The policies that doctor prints are enough, as a server evaluates them with their conditions. */
class PrintedPoliciesTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  @Test
  void theLifeOfAKeyRunsUnderThem() throws BackendFailure {
    try (KmsBench bench = under(UnaryOperator.identity(), "signing", "creating")) {
      KeySnapshot key = bench.rotate(bench.create(KmsBench.NAME));
      bench.backend.sign(key.ref(key.active().orElseThrow()), MESSAGE, bench.call());
      bench.backend.changeState(
          key.ref(key.active().orElseThrow()), KeyState.DISABLED, bench.call());
      bench.backend.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, bench.call());
      assertThat(bench.backend.list(bench.call())).containsExactly(KmsBench.NAME);
    }
  }

  @Test
  void aRoleOfAnotherEnvironmentCreatesNothing() {
    try (KmsBench bench =
        under(text -> text.replace("PRODUCTION", "STAGING"), "signing", "creating")) {
      assertThat(catchThrowableOfType(BackendFailure.class, () -> bench.create(KmsBench.NAME)))
          .returns(FailureCode.ACCESS_DENIED, BackendFailure::code);
    }
  }

  @Test
  void aConformanceRunMakesUsesAndRemovesForeignKeysUnderThem() throws BackendFailure {
    try (KmsBench bench =
            under(UnaryOperator.identity(), "signing", "creating", "enclave conformance");
        BareKeys keys = AwsKmsBackend.bareKeys(Sessions.with(bench.server, bench.clock))) {
      String uri = keys.make(KmsBench.ALGORITHM, bench.call());
      KeySnapshot adopted = bench.backend.adopt(KeyName.of("treasury"), uri, bench.call());
      bench.backend.sign(adopted.ref(adopted.active().orElseThrow()), MESSAGE, bench.call());
      keys.remove(uri, bench.call());
      assertThat(bench.requests()).contains("ScheduleKeyDeletion");
    }
  }

  /** A server that allows what the policies of these headings allow, changed. */
  private static KmsBench under(UnaryOperator<String> change, String... headings) {
    List<String> policies = Arrays.stream(headings).map(PrintedPolicies::of).map(change).toList();
    return new KmsBench(
        server -> {
          policies.forEach(server::identityPolicy);
          return server;
        });
  }
}
