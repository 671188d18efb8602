package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.KeyLister.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A list of many pages, one request for each. */
class KmsListerTest {

  private static final int KEYS = 5;

  private boolean cut;
  private int requests;
  private final Interceptor counting =
      (request, service) -> {
        if (!request.operation().equals("ListAliases")) {
          return Delivery.answer(service.handle(request));
        }
        requests++;
        return cut
            ? Delivery.truncated(service.handle(request), 20)
            : Delivery.answer(service.handle(request));
      };

  @Test
  void repeatsThePageThatFailed_andNoneBeforeIt() throws BackendFailure {
    try (KmsBench bench = new KmsBench(b -> b.interceptor(counting).mostItemsPerPage(2))) {
      List<KeyName> made = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        KeyName name = KeyName.of("wallet-" + i);
        made.add(name);
        bench.backend.create(bench.request(name, KmsBench.ALGORITHM), bench.call());
      }
      requests = 0;
      Names first = bench.backend.page(Optional.empty(), bench.call());
      assertThat(first.next()).isPresent();
      cut = true;
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> bench.backend.page(first.next(), bench.call()));
      assertThat(failure.failureClass()).isNotEqualTo(dev.enclave.spi.FailureClass.PERMANENT);
      cut = false;
      List<KeyName> names = new ArrayList<>(first.names());
      int pages = 1;
      for (Optional<String> from = first.next(); from.isPresent(); pages++) {
        Names page = bench.backend.page(from, bench.call());
        names.addAll(page.names());
        from = page.next();
      }
      assertThat(names).containsAll(made);
      assertThat(requests).isEqualTo(pages + 1).isGreaterThan(KEYS / 2);
    }
  }
}
