package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.annotation.Delete;
import com.azure.core.annotation.Get;
import com.azure.core.annotation.Patch;
import com.azure.core.annotation.Post;
import com.azure.core.annotation.Put;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.processes.Checkout;
import java.lang.reflect.Method;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The operations, held against what the Azure SDK's own client can send. */
class KeyVaultApiModelTest {

  private static final Set<String> NOT_SERVED = Set.of();

  @Test
  void everyRequestOfTheSdk_isServed_orSaidNotToBe() throws Exception {
    String document = Files.readString(Checkout.root().resolve("docs/emulators.md"));
    Set<String> requests = requestsOfTheSdk();
    assertThat(requests).hasSizeGreaterThan(20);
    try (AzureKeyVaultServer server = AzureKeyVaultServer.builder().start()) {
      RawVault raw = new RawVault(server);
      Set<String> refused = new TreeSet<>();
      for (String request : requests) {
        String[] parts = request.split(" ", -1);
        HttpResponse<String> answer =
            raw.send(parts[0], parts[1], parts[0].equals("GET") ? "" : "{}");
        String operation =
            server
                .journal()
                .byRequestId(answer.headers().firstValue("x-ms-request-id").orElseThrow())
                .orElseThrow()
                .operation();
        assertThat(operation).as(request).isNotEmpty();
        assertThat(document).contains(operation);
        if (RawVault.flat(answer.body()).getOrDefault("error.message", "").contains("not served")) {
          refused.add(operation);
        }
      }
      assertThat(refused).isEqualTo(NOT_SERVED);
    }
  }

  /** By method and path; links to next pages aside. */
  private static Set<String> requestsOfTheSdk() throws Exception {
    Class<?> client =
        Class.forName("com.azure.security.keyvault.keys.implementation.KeyClientImpl");
    return Arrays.stream(client.getDeclaredClasses())
        .flatMap(inner -> Arrays.stream(inner.getMethods()))
        .flatMap(method -> request(method).stream())
        .filter(request -> !request.contains("nextLink"))
        .map(
            request ->
                request
                    .replace("{key-name}", "wallet")
                    .replace("{key-version}", "0123456789abcdef0123456789abcdef"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Optional<String> request(Method method) {
    return Stream.of(
            Optional.ofNullable(method.getAnnotation(Get.class)).map(get -> "GET " + get.value()),
            Optional.ofNullable(method.getAnnotation(Put.class)).map(put -> "PUT " + put.value()),
            Optional.ofNullable(method.getAnnotation(Post.class))
                .map(post -> "POST " + post.value()),
            Optional.ofNullable(method.getAnnotation(Patch.class))
                .map(patch -> "PATCH " + patch.value()),
            Optional.ofNullable(method.getAnnotation(Delete.class))
                .map(delete -> "DELETE " + delete.value()))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
