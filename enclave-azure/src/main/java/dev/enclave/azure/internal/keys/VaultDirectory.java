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
import dev.enclave.azure.internal.calls.AzureSession;
import dev.enclave.azure.internal.calls.VaultCalls;
import dev.enclave.azure.internal.calls.VaultCalls.Answered;
import dev.enclave.azure.internal.calls.VaultOperation;
import dev.enclave.azure.internal.calls.VaultRefusals;
import dev.enclave.azure.internal.model.VaultChain;
import dev.enclave.azure.internal.model.VaultMaterial;
import dev.enclave.azure.internal.model.VaultNames;
import dev.enclave.azure.internal.model.VaultScheme;
import dev.enclave.azure.internal.model.VaultTags;
import dev.enclave.azure.internal.model.VaultVersion;
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
public final class VaultDirectory {

  /** DeletionRecoveryLevel, of the REST API. */
  private static final Pattern LEVEL = Pattern.compile("[A-Za-z+]{1,64}");

  private final VaultCalls calls;
  private final VaultMaterials materials;

  public VaultDirectory(VaultCalls calls, VaultMaterials materials) {
    this.calls = calls;
    this.materials = materials;
  }

  public VaultCalls calls() {
    return calls;
  }

  /**
   * What the vault lists of a name.
   *
   * @param versions none if there is no such key
   * @param second when, by the vault's clock, in seconds since 1970
   */
  public record Listing(List<VaultVersion> versions, long second) {

    /** The rule, for a reader: what is too young does not count. */
    public VaultChain settled(KeyName name) {
      return VaultChain.of(name, versions, second - VaultChain.SETTLING.toSeconds());
    }

    /** The rule, for who has waited. */
    public VaultChain everything(KeyName name) {
      return VaultChain.of(name, versions, VaultChain.EVERYTHING);
    }
  }

  public Listing list(KeyName name, CallContext call) throws BackendFailure {
    return list(VaultNames.of(name), call);
  }

  public Listing list(String vaultName, CallContext call) throws BackendFailure {
    Optional<Answered<List<KeyProperties>>> answer =
        calls.find(
            VaultOperation.GET_KEY_VERSIONS,
            "the versions of key " + vaultName,
            call,
            session ->
                session.keys().listPropertiesOfKeyVersions(vaultName, Context.NONE).stream()
                    .toList());
    if (answer.isEmpty()) {
      return new Listing(List.of(), call.time().now().getEpochSecond());
    }
    List<VaultVersion> versions = new ArrayList<>();
    for (KeyProperties properties : answer.get().value()) {
      versions.add(version(vaultName, properties));
    }
    return new Listing(versions, answer.get().at().getEpochSecond());
  }

  private VaultVersion version(String vaultName, KeyProperties properties) throws BackendFailure {
    String kid = String.valueOf(properties.getId());
    Optional<String> id =
        VaultNames.parse(kid, calls.endpoint().origin())
            .filter(parsed -> parsed.name().equalsIgnoreCase(vaultName))
            .flatMap(VaultNames.Id::version);
    OffsetDateTime created = properties.getCreatedOn();
    OffsetDateTime updated = properties.getUpdatedOn();
    if (id.isEmpty() || created == null || updated == null) {
      throw VaultCalls.REFUSALS
          .wrongAnswer("what it sent for key " + vaultName + " is no version of it")
          .naming(vaultName);
    }
    Map<String, String> tags = properties.getTags() == null ? Map.of() : properties.getTags();
    return new VaultVersion(
        id.get(),
        kid,
        created.toInstant(),
        updated.toInstant(),
        Boolean.TRUE.equals(properties.isEnabled()),
        instant(properties.getNotBefore()),
        instant(properties.getExpiresOn()),
        recoveryLevel(properties),
        VaultTags.parse(tags, id.get()));
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
            VaultOperation.GET_KEYS,
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
  public VaultVersion make(KeyName name, VaultScheme scheme, VaultTags tags, CallContext call)
      throws BackendFailure {
    CreateKeyOptions options = scheme.options(VaultNames.of(name), tags.toMap(Optional.empty()));
    KeyVaultKey made =
        calls
            .send(
                VaultOperation.CREATE_KEY,
                "a version of key " + VaultNames.of(name),
                call,
                session -> create(session, options))
            .value();
    return made(name, scheme.algorithm(), made);
  }

  /** What the vault says that it made, if it is what it was asked for. */
  public VaultVersion made(KeyName name, KeyAlgorithm algorithm, KeyVaultKey made)
      throws BackendFailure {
    return BackendFailure.afterChange(
        "A version of key " + name + " was made.",
        () -> {
          VaultVersion version = version(VaultNames.of(name), made.getProperties());
          VaultMaterial material = VaultMaterial.of(made);
          if (!material.isOf(algorithm)) {
            throw VaultCalls.REFUSALS.wrongAnswer(
                "it was asked for a key for " + algorithm + " and made one " + material.named());
          }
          materials.note(version.uri(), material);
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
  public VaultVersion tag(KeyName name, VaultVersion version, VaultTags tags, CallContext call)
      throws BackendFailure {
    return change(name, version, Optional.of(tags), Optional.empty(), call);
  }

  /** Switches a version on or off, and changes nothing else about it. */
  public VaultVersion enable(KeyName name, VaultVersion version, boolean enabled, CallContext call)
      throws BackendFailure {
    return change(name, version, Optional.empty(), Optional.of(enabled), call);
  }

  /** Changes what is given, in one request. */
  public VaultVersion change(
      KeyName name,
      VaultVersion version,
      Optional<VaultTags> tags,
      Optional<Boolean> enabled,
      CallContext call)
      throws BackendFailure {
    KeyProperties changes = identified(version.uri());
    tags.ifPresent(t -> changes.setTags(t.toMap(Optional.of(version.id()))));
    enabled.ifPresent(changes::setEnabled);
    KeyVaultKey changed =
        calls
            .send(
                VaultOperation.UPDATE_KEY,
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
          VaultVersion after = version(VaultNames.of(name), changed.getProperties());
          if (!after.id().equals(version.id())) {
            throw VaultCalls.REFUSALS
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
    delete(calls, VaultNames.of(name), call);
  }

  public static void delete(VaultCalls calls, String vaultName, CallContext call)
      throws BackendFailure {
    calls.send(
        VaultOperation.DELETE_KEY,
        "key " + vaultName,
        call,
        session -> session.keys().beginDeleteKey(vaultName));
  }

  /** The version that was the current one of a deleted key, with what it is made of. */
  Optional<VaultVersion> deleted(KeyName name, CallContext call) throws BackendFailure {
    Optional<Answered<DeletedKey>> answer =
        calls.find(
            VaultOperation.GET_DELETED_KEY,
            "deleted key " + VaultNames.of(name),
            call,
            session ->
                session
                    .keys()
                    .getDeletedKeyWithResponse(VaultNames.of(name), Context.NONE)
                    .getValue());
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    VaultVersion version = version(VaultNames.of(name), answer.get().value().getProperties());
    materials.note(version.uri(), VaultMaterial.of(answer.get().value()));
    return Optional.of(version);
  }

  /** A version with its public key. */
  VaultVersion read(String vaultName, String uri, CallContext call) throws BackendFailure {
    KeyVaultKey key = get(calls, uri, call).value();
    VaultVersion version = version(vaultName, key.getProperties());
    materials.note(version.uri(), VaultMaterial.of(key));
    return version;
  }

  /** What a key identifier names; without a version, the current one. */
  static Answered<KeyVaultKey> get(VaultCalls calls, String uri, CallContext call)
      throws BackendFailure {
    VaultNames.Id id =
        VaultNames.parse(uri, calls.endpoint().origin())
            .orElseThrow(() -> VaultRefusals.notAKey(calls.endpoint().origin()));
    return calls.send(
        VaultOperation.GET_KEY,
        uri,
        call,
        session ->
            session
                .keys()
                .getKeyWithResponse(id.name(), id.version().orElse(""), Context.NONE)
                .getValue());
  }
}
