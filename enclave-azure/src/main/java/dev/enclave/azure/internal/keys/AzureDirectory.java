package dev.enclave.azure.internal.keys;

import com.azure.core.util.Context;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateKeyOptions;
import com.azure.security.keyvault.keys.models.CreateOctKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.DeletedKey;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureCalls.Answered;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.calls.AzureSession;
import dev.enclave.azure.internal.model.AzureKeyParameters;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lists, makes, changes and deletes keys in the vault; one request each. Thread-safe. */
public final class AzureDirectory {

  /** DeletionRecoveryLevel, of the REST API. */
  private static final Pattern LEVEL = Pattern.compile("[A-Za-z+]{1,64}");

  private final AzureCalls calls;
  private final AzurePublicKeys publicKeys;

  public AzureDirectory(AzureCalls calls, AzurePublicKeys publicKeys) {
    this.calls = calls;
    this.publicKeys = publicKeys;
  }

  public AzureCalls calls() {
    return calls;
  }

  /**
   * What the vault lists of a name.
   *
   * @param versions none if there is no such key
   * @param second when, by the vault's clock, in seconds since 1970
   */
  public record Listing(List<AzureVersion> versions, long second) {

    /** The rule, for a reader: what is too young does not count. */
    public AzureVersionChain settled(KeyName name) {
      return AzureVersionChain.of(name, versions, second - AzureVersionChain.SETTLING.toSeconds());
    }

    /** The rule, for who has waited. */
    public AzureVersionChain everything(KeyName name) {
      return AzureVersionChain.of(name, versions, AzureVersionChain.EVERYTHING);
    }
  }

  public Listing list(KeyName name, CallContext call) throws BackendFailure {
    return list(AzureNames.of(name), call);
  }

  public Listing list(String vaultName, CallContext call) throws BackendFailure {
    Optional<Answered<List<KeyProperties>>> answer =
        calls.find(
            AzureOperation.GET_KEY_VERSIONS,
            "the versions of key " + vaultName,
            call,
            session ->
                session.keys().listPropertiesOfKeyVersions(vaultName, Context.NONE).stream()
                    .toList());
    if (answer.isEmpty()) {
      return new Listing(List.of(), call.time().now().getEpochSecond());
    }
    List<AzureVersion> versions = new ArrayList<>();
    for (KeyProperties properties : answer.get().value()) {
      versions.add(version(vaultName, properties));
    }
    return new Listing(versions, answer.get().at().getEpochSecond());
  }

  private AzureVersion version(String vaultName, KeyProperties properties) throws BackendFailure {
    String kid = String.valueOf(properties.getId());
    Optional<String> id =
        AzureNames.parse(kid, calls.endpoint().origin())
            .filter(parsed -> parsed.name().equalsIgnoreCase(vaultName))
            .flatMap(AzureNames.Id::version);
    OffsetDateTime created = properties.getCreatedOn();
    OffsetDateTime updated = properties.getUpdatedOn();
    if (id.isEmpty() || created == null || updated == null) {
      throw AzureCalls.REFUSALS
          .wrongAnswer("what it sent for key " + vaultName + " is no version of it")
          .naming(vaultName);
    }
    return new AzureVersion(
        id.get(),
        kid,
        created.toInstant(),
        updated.toInstant(),
        Boolean.TRUE.equals(properties.isEnabled()),
        instant(properties.getNotBefore()),
        instant(properties.getExpiresOn()),
        recoveryLevel(properties),
        AzureTags.parse(tags(properties), id.get()));
  }

  private static Map<String, String> tags(KeyProperties properties) {
    return properties.getTags() == null ? Map.of() : properties.getTags();
  }

  private static Optional<String> recoveryLevel(KeyProperties properties) {
    return Optional.ofNullable(properties.getRecoveryLevel())
        .filter(level -> LEVEL.matcher(level).matches());
  }

  /**
   * What becomes of deleted keys here, by the first keys of the vault's list; none without a key.
   */
  public Optional<String> recoveryLevel(CallContext call) throws BackendFailure {
    return calls
        .send(
            AzureOperation.GET_KEYS,
            "the vault",
            call,
            session ->
                session
                    .keys()
                    .listPropertiesOfKeys(Context.NONE)
                    .iterableByPage()
                    .iterator()
                    .next()
                    .getValue()
                    .stream()
                    .flatMap(key -> recoveryLevel(key).stream())
                    .findFirst())
        .value();
  }

  private static Optional<Instant> instant(@Nullable OffsetDateTime time) {
    return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
  }

  /** Makes a key, or another version of the key that there is. */
  public AzureVersion make(KeyName name, AzureScheme scheme, AzureTags tags, CallContext call)
      throws BackendFailure {
    Map<String, String> asked = tags.toMap(Optional.empty());
    CreateKeyOptions options = scheme.options(AzureNames.of(name), asked);
    KeyVaultKey made =
        calls
            .send(
                AzureOperation.CREATE_KEY,
                "a version of key " + AzureNames.of(name),
                call,
                session -> create(session, options))
            .value();
    return made(name, scheme.algorithm(), asked, made);
  }

  /** What the vault says that it made, if it is what it was asked for. */
  public AzureVersion made(
      KeyName name, KeyAlgorithm algorithm, Map<String, String> asked, KeyVaultKey made)
      throws BackendFailure {
    AzureCalls.REFUSALS.requireLabels(
        "a version of key " + AzureNames.of(name), "tags", asked, tags(made.getProperties()));
    return BackendFailure.afterChange(
        "A version of key " + name + " was made.",
        () -> {
          AzureVersion version = version(AzureNames.of(name), made.getProperties());
          AzureKeyParameters parameters = AzureKeyParameters.of(made);
          if (!parameters.isOf(algorithm)) {
            throw AzureCalls.REFUSALS.wrongAnswer(
                "it was asked for a key for " + algorithm + " and made one " + parameters.named());
          }
          publicKeys.note(version.uri(), parameters);
          return version;
        });
  }

  public static KeyVaultKey create(AzureSession session, CreateKeyOptions options) {
    if (options instanceof CreateEcKeyOptions elliptic) {
      return session.keys().createEcKeyWithResponse(elliptic, Context.NONE).getValue();
    }
    if (options instanceof CreateRsaKeyOptions rsa) {
      return session.keys().createRsaKeyWithResponse(rsa, Context.NONE).getValue();
    }
    return session
        .keys()
        .createOctKeyWithResponse((CreateOctKeyOptions) options, Context.NONE)
        .getValue();
  }

  /** Writes all tags of a version, and nothing else about it. */
  public AzureVersion tag(KeyName name, AzureVersion version, AzureTags tags, CallContext call)
      throws BackendFailure {
    return change(name, version, Optional.of(tags), Optional.empty(), call);
  }

  /** Switches a version on or off, and changes nothing else about it. */
  public AzureVersion enable(KeyName name, AzureVersion version, boolean enabled, CallContext call)
      throws BackendFailure {
    return change(name, version, Optional.empty(), Optional.of(enabled), call);
  }

  /** Changes what is given, in one request. */
  public AzureVersion change(
      KeyName name,
      AzureVersion version,
      Optional<AzureTags> tags,
      Optional<Boolean> enabled,
      CallContext call)
      throws BackendFailure {
    KeyProperties changes = identified(version.uri());
    tags.ifPresent(t -> changes.setTags(t.toMap(Optional.of(version.id()))));
    enabled.ifPresent(changes::setEnabled);
    KeyVaultKey changed =
        calls
            .send(
                AzureOperation.UPDATE_KEY,
                version.uri(),
                call,
                session ->
                    session
                        .keys()
                        .updateKeyPropertiesWithResponse(changes, Context.NONE, untouched())
                        .getValue())
            .value();
    return BackendFailure.afterChange(
        "A change of a version of key " + name + " was sent and answered.",
        () -> {
          AzureVersion after = version(AzureNames.of(name), changed.getProperties());
          if (!after.id().equals(version.id())) {
            throw AzureCalls.REFUSALS
                .wrongAnswer("another version than " + version.uri() + " changed")
                .naming(version.uri());
          }
          return after;
        });
  }

  /** No list at all: the SDK would send an empty one, and the version could do nothing any more. */
  @SuppressWarnings("NullAway") // The SDK's own way to say so.
  private static KeyOperation[] untouched() {
    return null;
  }

  /** The SDK lets nobody say which version is meant but by an answer. */
  private static KeyProperties identified(String uri) {
    try (JsonReader reader = JsonProviders.createReader("{\"kid\":\"" + uri + "\"}")) {
      return KeyProperties.fromJson(reader);
    } catch (IOException e) {
      throw new IllegalStateException("a key identifier is plain text");
    }
  }

  /** Deletes a key with all its versions; the vault keeps it for a while. */
  public void delete(KeyName name, CallContext call) throws BackendFailure {
    delete(calls, AzureNames.of(name), call);
  }

  public static void delete(AzureCalls calls, String vaultName, CallContext call)
      throws BackendFailure {
    calls.send(
        AzureOperation.DELETE_KEY,
        "key " + vaultName,
        call,
        session -> session.keys().beginDeleteKey(vaultName));
  }

  /** The version that was the current one of a deleted key, with what it is made of. */
  Optional<AzureVersion> deleted(KeyName name, CallContext call) throws BackendFailure {
    Optional<Answered<DeletedKey>> answer =
        calls.find(
            AzureOperation.GET_DELETED_KEY,
            "deleted key " + AzureNames.of(name),
            call,
            session ->
                session
                    .keys()
                    .getDeletedKeyWithResponse(AzureNames.of(name), Context.NONE)
                    .getValue());
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    AzureVersion version = version(AzureNames.of(name), answer.get().value().getProperties());
    publicKeys.note(version.uri(), AzureKeyParameters.of(answer.get().value()));
    return Optional.of(version);
  }

  /** A version with its public key. */
  AzureVersion read(String vaultName, String uri, CallContext call) throws BackendFailure {
    KeyVaultKey key = get(calls, uri, call).value();
    AzureVersion version = version(vaultName, key.getProperties());
    publicKeys.note(version.uri(), AzureKeyParameters.of(key));
    return version;
  }

  /** What a key identifier names; without a version, the current one. */
  static Answered<KeyVaultKey> get(AzureCalls calls, String uri, CallContext call)
      throws BackendFailure {
    AzureNames.Id id =
        AzureNames.parse(uri, calls.endpoint().origin())
            .orElseThrow(() -> AzureRefusals.notAKey(calls.endpoint().origin()));
    return calls.send(
        AzureOperation.GET_KEY,
        uri,
        call,
        session ->
            session
                .keys()
                .getKeyWithResponse(id.name(), id.version().orElse(""), Context.NONE)
                .getValue());
  }
}
