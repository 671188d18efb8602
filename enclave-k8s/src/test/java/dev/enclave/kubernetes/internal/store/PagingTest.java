package dev.enclave.kubernetes.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.backend.KeyLister;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many names come by pages, and no key with them. */
@ExtendWith(SharedApiServer.class)
class PagingTest {

  private static final int COUNT = 510;
  private static final int PAGE = 100;

  @Test
  void listsMoreThanFiveHundredNames_onceEach_andNoDataOfASecret(ApiServer server)
      throws Exception {
    Pod pod = Pod.in(server);
    try (SecretStore store =
        new SecretStore(Stores.calls(pod, EnvironmentType.PRODUCTION, Map.of()), PAGE)) {
      List<KeyName> made = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        KeyName name = KeyName.of("key-" + i + "-");
        store.create(name, Bytes.of(new byte[] {1, 2, 3}), Pod.call());
        made.add(name);
      }
      List<KeyName> listed = new ArrayList<>();
      int pages = 0;
      Optional<String> from = Optional.empty();
      do {
        KeyLister.Names page = store.page(from, Pod.call());
        assertThat(page.names()).hasSizeLessThanOrEqualTo(PAGE);
        listed.addAll(page.names());
        from = page.next();
        pages++;
      } while (from.isPresent());
      assertThat(listed).containsExactlyInAnyOrderElementsOf(made);
      assertThat(pages).isGreaterThanOrEqualTo(COUNT / PAGE);
    }
  }
}
