package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.aws.internal.calls.AwsFailures;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.StsException;

/**
 * Every error that the SDK declares for a request of ours has a row in the table, or is known to
 * need none. A newer SDK that declares more fails here.
 */
class KnownErrorsTest {

  private static final Set<String> STS_OPERATIONS =
      Set.of("getCallerIdentity", "assumeRoleWithWebIdentity");

  /** What "any other" says of them is all there is to say. */
  private static final Set<String> NEED_NO_ROW =
      Set.of(
          // What Enclave itself would have written wrong.
          "InvalidAliasNameException",
          "InvalidArnException",
          "InvalidMarkerException",
          "MalformedPolicyDocumentException",
          "TagException",
          "PackedPolicyTooLargeException",
          // Grants, and custom and external key stores: no request of ours names one.
          "InvalidGrantTokenException",
          "CustomKeyStoreNotFoundException",
          "XksKeyAlreadyInUseException",
          "XksKeyInvalidConfigurationException",
          "XksKeyNotFoundException",
          // What a dry run answers when all is well.
          "DryRunOperationException");

  @Test
  void eachHasARow_orIsKnownToNeedNone() {
    Set<String> operations =
        Operations.all().stream()
            .map(operation -> operation.permission().replaceFirst("kms:", ""))
            .map(name -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1))
            .collect(Collectors.toSet());
    Set<String> declared = new TreeSet<>();
    declared.addAll(declared(KmsClient.class, operations, KmsException.class));
    declared.addAll(declared(StsClient.class, STS_OPERATIONS, StsException.class));
    assertThat(declared).hasSizeGreaterThan(20);

    Set<String> rows =
        AwsFailures.TABLE.rules().stream()
            .flatMap(rule -> rule.names().stream())
            .map(KnownErrorsTest::plain)
            .collect(Collectors.toSet());
    assertThat(declared)
        .filteredOn(name -> !rows.contains(plain(name)))
        .as("errors without a row")
        .isSubsetOf(NEED_NO_ROW);
    assertThat(NEED_NO_ROW)
        .as("errors that need no row and are none of our requests'")
        .isSubsetOf(declared);
  }

  private static Set<String> declared(
      Class<?> client, Set<String> operations, Class<? extends AwsServiceException> root) {
    Set<String> found =
        Stream.of(client.getMethods()).map(Method::getName).collect(Collectors.toSet());
    assertThat(found).containsAll(operations);
    return Stream.of(client.getMethods())
        .filter(method -> operations.contains(method.getName()))
        .flatMap(method -> Stream.of(method.getExceptionTypes()))
        .filter(type -> root.isAssignableFrom(type) && type != root)
        .map(Class::getSimpleName)
        .collect(Collectors.toSet());
  }

  /** Codes and classes differ in case, and some codes lack the ending. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("exception$", "");
  }
}
