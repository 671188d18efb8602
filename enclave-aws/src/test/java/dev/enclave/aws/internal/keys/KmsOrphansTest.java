package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Lost answers make orphans, never a second key; and every orphan is found. */
class KmsOrphansTest {

  private static final Duration UNDER_WAY = Duration.ofMinutes(16);

  /** Carries out every {@code nth} request of an operation and loses the answer. */
  private static Interceptor losing(String operation, int nth) {
    AtomicInteger count = new AtomicInteger();
    return (request, service) -> {
      var answer = service.handle(request);
      return request.operation().equals(operation) && count.incrementAndGet() % nth == 0
          ? Delivery.reset()
          : Delivery.answer(answer);
    };
  }

  @Test
  void findsTheOrphanOfALostCreation_andDiscardsIt() throws BackendFailure {
    try (KmsBench bench = new KmsBench(b -> b.interceptor(losing("CreateKey", 1)))) {
      CreateRequest request = bench.request(KmsBench.NAME, KmsBench.ALGORITHM);
      assertThatThrownBy(() -> bench.backend.create(request, bench.call(request.operationId())))
          .isInstanceOfSatisfying(
              BackendFailure.class,
              e -> assertThat(e.failureClass()).isEqualTo(FailureClass.AMBIGUOUS));
      assertThat(bench.orphans(bench.backend)).as("it may still be under way").isEmpty();
      bench.clock.advance(UNDER_WAY);
      List<Orphan> found = bench.orphans(bench.backend);
      assertThat(found).extracting(Orphan::meantFor).containsExactly(KmsBench.NAME);
      assertThat(bench.backend.discard(found.get(0), bench.call())).isTrue();
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(bench.backend.discard(found.get(0), bench.call())).as("repeated").isTrue();
    }
  }

  @Test
  void findsThePreparedVersionOfAnInterruptedRotation_andDiscardsIt() throws BackendFailure {
    try (KmsBench bench = new KmsBench()) {
      KeySnapshot key = bench.rotate(bench.create(KmsBench.NAME));
      RotateRequest request = bench.rotation(key);
      KeyVersion prepared = bench.backend.prepare(request, bench.call(request.operationId()));
      assertThat(bench.orphans(bench.backend)).as("its rotation may still be under way").isEmpty();
      bench.clock.advance(UNDER_WAY);

      List<Orphan> found = bench.orphans(bench.backend);

      assertThat(found).extracting(Orphan::providerUri).containsExactly(prepared.providerUri());
      assertThat(found).extracting(Orphan::meantFor).containsExactly(KmsBench.NAME);
      assertThat(bench.backend.discard(found.get(0), bench.call())).isTrue();
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(bench.backend.discard(found.get(0), bench.call())).as("repeated").isTrue();
      KeySnapshot left = bench.backend.load(key.name(), bench.call());
      assertThat(left.version(prepared.id()).orElseThrow().state()).isEqualTo(KeyState.DESTROYED);
      assertThat(left.active()).isEqualTo(key.active());
      assertThat(bench.rotate(left).active().orElseThrow().id()).isNotEqualTo(prepared.id());
    }
  }

  @Test
  void takesNoPreparedVersionForAnOrphan_thatWasActivatedSince() throws BackendFailure {
    try (KmsBench bench = new KmsBench()) {
      KeySnapshot key = bench.create(KmsBench.NAME);
      RotateRequest request = bench.rotation(key);
      KeyVersion prepared = bench.backend.prepare(request, bench.call(request.operationId()));
      bench.clock.advance(UNDER_WAY);
      Orphan listed = bench.orphans(bench.backend).get(0);

      bench.backend.activate(request, prepared.id(), bench.call(request.operationId()));

      assertThat(bench.backend.discard(listed, bench.call())).isFalse();
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(bench.backend.load(key.name(), bench.call()).active().orElseThrow().id())
          .isEqualTo(prepared.id());
    }
  }

  @Test
  void switchesAPreparedVersionOnAgain_thatIsActivatedWhileItIsDiscarded() throws BackendFailure {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    Interceptor racing =
        (request, service) -> {
          if (request.operation().equals("DisableKey")) {
            meanwhile.getAndSet(() -> {}).run();
          }
          return Delivery.answer(service.handle(request));
        };
    try (KmsBench bench = new KmsBench(b -> b.interceptor(racing))) {
      KeySnapshot key = bench.create(KmsBench.NAME);
      RotateRequest request = bench.rotation(key);
      KeyVersion prepared = bench.backend.prepare(request, bench.call(request.operationId()));
      bench.clock.advance(UNDER_WAY);
      Orphan listed = bench.orphans(bench.backend).get(0);
      meanwhile.set(() -> activate(bench, request, prepared));

      assertThat(bench.backend.discard(listed, bench.call())).isFalse();

      KeySnapshot left = bench.backend.load(key.name(), bench.call());
      assertThat(left.active().orElseThrow().id()).isEqualTo(prepared.id());
    }
  }

  private static void activate(KmsBench bench, RotateRequest request, KeyVersion prepared) {
    try {
      bench.backend.activate(request, prepared.id(), bench.call(request.operationId()));
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void leavesAPreparedVersion_thatSomebodyGaveAnAliasOrSwitchedOff() throws BackendFailure {
    try (KmsBench bench = new KmsBench()) {
      KeySnapshot key = bench.create(KmsBench.NAME);
      RotateRequest named = bench.rotation(key);
      KeyVersion kept = bench.backend.prepare(named, bench.call(named.operationId()));
      RotateRequest off = bench.rotation(key);
      KeyVersion disabled = bench.backend.prepare(off, bench.call(off.operationId()));
      bench.console().createAlias(r -> r.aliasName("alias/keep-it").targetKeyId(kept.id().value()));
      bench.console().disableKey(r -> r.keyId(disabled.id().value()));
      bench.clock.advance(UNDER_WAY);
      assertThat(bench.orphans(bench.backend)).isEmpty();
    }
  }

  @Test
  void refusesAName_thatIsNoneOfAKey_andDoesNotRepeatIt() throws BackendFailure {
    String anything = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";
    try (KmsBench bench =
        new KmsBench(
            b ->
                b.interceptor(
                    (request, service) -> {
                      ServiceResponse answer = service.handle(request);
                      String body = new String(answer.body(), StandardCharsets.UTF_8);
                      String changed = body.replaceAll(":key/[0-9a-f-]+", ":key/" + anything);
                      return Delivery.answer(
                          request.operation().equals("DescribeKey")
                              ? answer.withBody(changed.getBytes(StandardCharsets.UTF_8))
                              : answer);
                    }))) {
      CreateRequest request = bench.request(KmsBench.NAME, KmsBench.ALGORITHM);
      bench.backend.create(request, bench.call(request.operationId()));

      assertThatThrownBy(() -> bench.backend.load(KmsBench.NAME, bench.call()))
          .isInstanceOfSatisfying(
              BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.CORRUPT))
          .hasMessageContaining("names no KMS key")
          .hasMessageNotContaining(anything);
    }
  }

  @Test
  void makesNoSecondKey_whenEveryThirdAnswerIsLost() throws BackendFailure {
    try (KmsBench bench = new KmsBench(b -> b.interceptor(losing("CreateAlias", 3)))) {
      List<KeySnapshot> made = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        made.add(createStubbornly(bench, KeyName.of("wallet-" + i)));
      }
      bench.clock.advance(UNDER_WAY);
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(bench.console().listKeys().keys()).hasSize(made.size());
      for (KeySnapshot key : made) {
        assertThat(bench.backend.load(key.name(), bench.call())).isEqualTo(key);
      }
    }
  }

  @Test
  void findsExactlyTheOrphans_whenEveryThirdCreationIsLost() throws BackendFailure {
    try (KmsBench bench =
        new KmsBench(b -> b.interceptor(losing("CreateKey", 3)).mostItemsPerPage(7))) {
      for (int i = 0; i < 60; i++) {
        createStubbornly(bench, KeyName.of("wallet-" + i));
      }
      int all = keys(bench);
      bench.clock.advance(UNDER_WAY);
      List<Orphan> found = bench.orphans(bench.backend);
      assertThat(all).isGreaterThan(60);
      assertThat(found).hasSize(all - 60);
      for (Orphan orphan : found) {
        assertThat(bench.backend.discard(orphan, bench.call())).isTrue();
      }
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(bench.backend.list(bench.call())).hasSize(60);
    }
  }

  @Test
  void leavesWhatIsNotItsOwn_andWhatSomebodyNamed() throws BackendFailure {
    try (KmsBench bench = new KmsBench(b -> b.interceptor(losing("CreateKey", 2)))) {
      bench.console().createKey();
      CreateRequest request = bench.request(KmsBench.NAME, KmsBench.ALGORITHM);
      assertThatThrownBy(() -> bench.backend.create(request, bench.call()))
          .isInstanceOf(BackendFailure.class);
      bench.clock.advance(UNDER_WAY);
      Orphan orphan = bench.orphans(bench.backend).get(0);
      bench
          .console()
          .createAlias(
              r ->
                  r.aliasName("alias/kept")
                      .targetKeyId(KmsNames.keyId(orphan.providerUri()).get()));
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(bench.backend.discard(orphan, bench.call())).isFalse();
    }
  }

  @Test
  void saysOfWhichKeyNoneWereLookedFor_sinceSomebodyMangledIt() throws BackendFailure {
    try (KmsBench bench = new KmsBench()) {
      KeySnapshot key = bench.rotate(bench.create(KmsBench.NAME));
      RotateRequest request = bench.rotation(key);
      bench.backend.prepare(request, bench.call(request.operationId()));
      bench.clock.advance(UNDER_WAY);
      String first = key.versions().get(0).providerUri();
      tag(bench, first, "nobodys");
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(findings(bench))
          .singleElement()
          .asString()
          .contains("Orphans of key " + KmsBench.NAME + " were not looked for");
      tag(bench, first, KmsBench.NAME.value());
      assertThat(bench.orphans(bench.backend)).hasSize(1);
      bench.backend.load(KmsBench.NAME, bench.call());
      assertThat(findings(bench)).isEmpty();
    }
  }

  private static void tag(KmsBench bench, String key, String name) {
    bench.console().tagResource(r -> r.keyId(key).tags(KmsNames.tag(KmsNames.NAME, name)));
  }

  /** AWS's own keys are in every list, and the policy shows those of one environment alone. */
  @Test
  void passesOverKeysWhoseTagsAreDenied_andSaysHowMany() throws BackendFailure {
    try (KmsBench bench =
        new KmsBench(b -> b.interceptor(losing("CreateKey", 4)).mostItemsPerPage(2))) {
      for (int i = 0; i < 3; i++) {
        String foreign = bench.console().createKey().keyMetadata().arn();
        bench.server.deny(new Denial("*", "kms:ListResourceTags", foreign));
      }
      assertThatThrownBy(() -> bench.create(KmsBench.NAME)).isInstanceOf(BackendFailure.class);
      bench.clock.advance(UNDER_WAY);

      List<Orphan> found = bench.orphans(bench.backend);

      assertThat(found).extracting(Orphan::meantFor).containsExactly(KmsBench.NAME);
      assertThat(findings(bench)).singleElement().asString().contains("3 of the keys", "--iam");
      assertThat(bench.backend.discard(found.get(0), bench.call())).isTrue();
      bench.server.clearDenials();
      assertThat(bench.orphans(bench.backend)).isEmpty();
      assertThat(findings(bench)).isEmpty();
    }
  }

  private static List<Finding> findings(KmsBench bench) throws BackendFailure {
    return bench.backend.health(bench.call()).findings();
  }

  private static KeySnapshot createStubbornly(KmsBench bench, KeyName name) throws BackendFailure {
    CreateRequest request = bench.request(name, KmsBench.ALGORITHM);
    while (true) {
      try {
        return bench.backend.create(request, bench.call(request.operationId()));
      } catch (BackendFailure e) {
        assertThat(e.failureClass()).isNotEqualTo(FailureClass.PERMANENT);
      }
    }
  }

  private static int keys(KmsBench bench) {
    return (int) bench.console().listKeysPaginator().keys().stream().count();
  }
}
