package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsRequest;

class ApiModelTest {

  private static final Path SOURCES =
      Path.of("src/main/java/dev/enclave/emulators/internal/aws/kms");

  /** So that no operation of the API is taken for one that does not exist. */
  @Test
  void knowsEveryOperationOfTheSdksClient() throws Exception {
    assertThat(known()).containsAll(operationsOfTheSdk());
  }

  @Test
  void documentsWhatItServes() throws Exception {
    String document = Files.readString(Checkout.root().resolve("docs/emulators.md"));

    assertThat(registered()).allSatisfy(operation -> assertThat(document).contains(operation));
  }

  private static Set<String> operationsOfTheSdk() {
    return Arrays.stream(KmsClient.class.getMethods())
        .filter(method -> method.getParameterCount() == 1)
        .filter(method -> KmsRequest.class.isAssignableFrom(method.getParameterTypes()[0]))
        .map(Method::getName)
        .filter(name -> !name.endsWith("Paginator"))
        .map(name -> Character.toUpperCase(name.charAt(0)) + name.substring(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> registered() throws IOException {
    Set<String> names = new TreeSet<>();
    try (var files = Files.walk(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        names.addAll(found("operations\\.put\\(\\s*\"(\\w+)\"", file));
      }
    }
    assertThat(names).hasSizeGreaterThan(30);
    return names;
  }

  private static Set<String> known() throws IOException {
    Set<String> names = registered();
    names.addAll(found("\"([A-Z]\\w+)\"", SOURCES.resolve("KmsService.java")));
    return names;
  }

  private static Set<String> found(String pattern, Path file) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(file))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }
}
