package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A list of many pages comes to its end, however long all of them take together. */
class LongListTest {

  private static final int KEYS = 8;
  private static final int ON_A_PAGE = 2;

  /** Less than one page may take, and several times that for all. */
  private static final Duration A_PAGE_TAKES = Duration.ofSeconds(20);

  private final MutableClock clock = new MutableClock();
  private final AtomicInteger pages = new AtomicInteger();
  private volatile int lost;
  private final Interceptor slow =
      (request, service) -> {
        if (!request.operation().equals("GetKeys")) {
          return Delivery.answer(service.handle(request));
        }
        int page = pages.incrementAndGet();
        if (page == lost) {
          return Delivery.truncated(service.handle(request), 20);
        }
        clock.advance(A_PAGE_TAKES);
        return Delivery.answer(service.handle(request));
      };
  private final AzureKeyVaultServer server =
      KeyVaults.server().clock(clock::now).mostItemsPerPage(ON_A_PAGE).interceptor(slow).start();

  private Enclave enclave;

  @BeforeEach
  void fill() {
    enclave = Engines.open(server, clock);
    for (int i = 0; i < KEYS; i++) {
      enclave.createKey(KeySpec.named("wallet-" + i).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    }
  }

  @AfterEach
  void close() {
    enclave.close();
    server.close();
  }

  @Test
  void givesEachPageItsOwnTime() {
    assertThat(enclave.admin().listKeys().keys()).hasSize(KEYS);
    assertThat(pages).hasValue(KEYS / ON_A_PAGE);
  }

  @Test
  void repeatsThePageThatFailed_andNoneBeforeIt() {
    lost = 3;
    assertThat(enclave.admin().listKeys().keys()).hasSize(KEYS);
    assertThat(pages).hasValue(KEYS / ON_A_PAGE + 1);
  }
}
