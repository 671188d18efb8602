package dev.enclave.azure.internal.access;

import com.azure.core.util.Context;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.security.keyvault.keys.cryptography.models.DecryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateKeyOptions;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyType;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureCalls.Request;
import dev.enclave.azure.internal.calls.AzureErrors;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.kit.ErrorRule;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.backend.PermissionProber;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What the identity may do, found out by requests that cannot succeed: about a key that does not
 * exist, and for one of a kind that does not. The vault looks at permissions first. One of the
 * requests deletes, so the key's name is drawn anew each time, and is none that Enclave has.
 */
public final class AzurePermissions implements PermissionProber {

  private static final String PREFIX = "probe-of-enclave-";
  private static final int RANDOM_BYTES = 16;
  private static final String NO_VERSION = "00000000000000000000000000000000";
  private static final String SIGNING = "signing";
  private static final String SEALING = "sealing";
  private static final String CREATING = "creating and rotating keys";
  private static final String DESTROYING = "destroying keys";

  private final AzureCalls calls;
  private final SecureRandom random;

  public AzurePermissions(AzureCalls calls, SecureRandom random) {
    this.calls = calls;
    this.random = random;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    String nothing = nothing();
    String kid = calls.endpoint().origin() + "/keys/" + nothing + "/" + NO_VERSION;
    byte[] input = new byte[32];
    List<Permission> answers = new ArrayList<>();
    answers.add(
        ask(
            AzureOperation.GET_KEY,
            SIGNING,
            call,
            session -> session.keys().getKeyWithResponse(nothing, NO_VERSION, Context.NONE)));
    answers.add(
        ask(
            AzureOperation.SIGN,
            SIGNING,
            call,
            session ->
                session.cryptography(kid).sign(SignatureAlgorithm.ES256, input, Context.NONE)));
    answers.add(
        ask(
            AzureOperation.UNWRAP_KEY,
            SEALING,
            call,
            session ->
                session
                    .cryptography(kid)
                    .unwrapKey(KeyWrapAlgorithm.RSA_OAEP_256, input, Context.NONE)));
    if (calls.endpoint().managedHsm()) {
      answers.add(
          ask(
              AzureOperation.ENCRYPT,
              SEALING,
              call,
              session ->
                  session
                      .cryptography(kid)
                      .encrypt(
                          EncryptParameters.createA256GcmParameters(input, input), Context.NONE)));
      answers.add(
          ask(
              AzureOperation.DECRYPT,
              SEALING,
              call,
              session ->
                  session
                      .cryptography(kid)
                      .decrypt(
                          DecryptParameters.createA256GcmParameters(
                              input, new byte[12], new byte[16], input),
                          Context.NONE)));
    }
    answers.add(
        ask(
            AzureOperation.CREATE_KEY,
            CREATING,
            call,
            session ->
                session
                    .keys()
                    .createKeyWithResponse(
                        new CreateKeyOptions(nothing, KeyType.fromString("none")), Context.NONE)));
    answers.add(
        ask(
            AzureOperation.UPDATE_KEY,
            CREATING,
            call,
            session ->
                session
                    .keys()
                    .updateKeyPropertiesWithResponse(nobody(kid), Context.NONE, untouched())));
    answers.add(
        ask(
            AzureOperation.DELETE_KEY,
            DESTROYING,
            call,
            session -> session.keys().beginDeleteKey(nothing)));
    if (calls.endpoint().managedHsm()) {
      // A vault has one data action for both.
      answers.add(
          ask(
              AzureOperation.GET_DELETED_KEY,
              DESTROYING,
              call,
              session -> session.keys().getDeletedKeyWithResponse(nothing, Context.NONE)));
    }
    return answers;
  }

  private String nothing() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return PREFIX + HexFormat.of().formatHex(bytes);
  }

  /**
   * The vault looks at permissions before it looks for the key ("HTTP 403: Insufficient
   * permissions", "404"), and before it reads what is asked for. An answer without a code of a
   * vault's says nothing.
   */
  private Permission ask(
      AzureOperation operation, String neededFor, CallContext call, Request<?> request)
      throws BackendFailure {
    Optional<AzureCalls.Refused> refused =
        calls.refused(operation, "a key that is not", call, request);
    boolean managedHsm = calls.endpoint().managedHsm();
    String action = operation.dataAction(managedHsm);
    Optional<ErrorRule> rule = refused.flatMap(AzureCalls.Refused::rule);
    boolean granted =
        rule.filter(
                r ->
                    r.equals(AzureErrors.NOT_FOUND)
                        || (r.equals(AzureErrors.BAD) && operation == AzureOperation.CREATE_KEY))
            .isPresent();
    if (granted || rule.filter(AzureErrors.DENIED::equals).isPresent()) {
      return Permission.of(
          action,
          neededFor,
          granted,
          "Allow "
              + action
              + (managedHsm
                  ? ", by a local role of the managed HSM"
                  : ", or " + operation.permission() + " in the vault's access policy")
              + "; doctor --iam prints all");
    }
    if (refused.isPresent()
        && (rule.isPresent() || refused.get().failure().failureClass() != FailureClass.PERMANENT)) {
      throw refused.get().failure();
    }
    return Permission.unknown(
        action,
        neededFor,
        "what answers for the vault carried out a request about a key that is not there, or"
            + " refused it by no error code of a vault's",
        "Check enclave.azure-keyvault.vault-url, and what stands between");
  }

  private static KeyProperties nobody(String kid) {
    try (JsonReader reader = JsonProviders.createReader("{\"kid\":\"" + kid + "\"}")) {
      return KeyProperties.fromJson(reader);
    } catch (IOException e) {
      throw new IllegalStateException("a key identifier is plain text");
    }
  }

  @SuppressWarnings("NullAway") // The SDK's own way to send no list.
  private static KeyOperation[] untouched() {
    return null;
  }
}
