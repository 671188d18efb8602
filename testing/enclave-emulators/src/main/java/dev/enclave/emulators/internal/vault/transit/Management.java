package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.transit.TransitKey.Limits;
import dev.enclave.emulators.internal.vault.transit.TransitKey.Traits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Making, reading, configuring, rotating, trimming and deleting keys ({@code path_keys.go} …). */
final class Management {

  private static final Duration SHORTEST_ROTATION = Duration.ofHours(1);
  private static final int SHORTEST_HMAC = 32;
  private static final int LONGEST_HMAC = 512;
  private static final String ROTATION_PERIOD =
      "auto rotate period must be 0 to disable or at least an hour";

  private final TransitSettings settings;
  private final Keys keys;

  Management(TransitSettings settings, Keys keys) {
    this.settings = settings;
    this.keys = keys;
  }

  void register(PathTable paths) {
    paths
        .on("keys/?", Operation.LIST, "transit/keys:list", this::list)
        .on("keys/{name}", Operation.UPDATE, "transit/keys:create", this::create)
        .on("keys/{name}", Operation.READ, "transit/keys:read", this::read)
        .on("keys/{name}", Operation.DELETE, "transit/keys:delete", this::delete)
        .on("keys/{name}/config", Operation.UPDATE, "transit/keys/config", this::configure)
        .on("keys/{name}/rotate", Operation.UPDATE, "transit/keys/rotate", this::rotate)
        .on("keys/{name}/trim", Operation.UPDATE, "transit/keys/trim", this::trim);
    if (settings.openBao()) {
      paths
          .on(
              "keys/{name}/soft-delete",
              Operation.DELETE,
              "transit/keys/soft-delete",
              (call, path) -> softDelete(call, path, true))
          .on(
              "keys/{name}/soft-delete-restore",
              Operation.UPDATE,
              "transit/keys/soft-delete-restore",
              (call, path) -> softDelete(call, path, false));
    }
  }

  private VaultAnswer answer(TransitKey key) {
    return VaultAnswer.of(key.answer(settings.openBao(), Optional.empty()));
  }

  /** OpenBao has pages: those after a name, and so many. */
  private VaultAnswer list(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    String after = input.textOrEmpty("after");
    long limit = input.integer("limit").filter(most -> most > 0).orElse(Integer.MAX_VALUE);
    List<String> names = keys.names(call);
    return VaultAnswer.ofKeys(
        settings.openBao()
            ? names.stream().filter(name -> name.compareTo(after) > 0).limit(limit).toList()
            : names);
  }

  private VaultAnswer create(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    Duration rotation = rotation(input).orElse(Duration.ZERO);
    boolean derived = input.flag("derived").orElse(false);
    boolean convergent = input.flag("convergent_encryption").orElse(false);
    if (convergent && !derived) {
      throw VaultFailure.invalid("convergent encryption requires derivation to be enabled");
    }
    KeyType type = type(input.text("type").orElse(KeyType.AES256_GCM96.title()));
    Traits traits =
        new Traits(
            type,
            keySize(input, type),
            derived,
            convergent,
            input.flag("exportable").orElse(false),
            input.flag("allow_plaintext_backup").orElse(false),
            false);
    String name = path.get("name");
    boolean created = keys.create(name, call, () -> fresh(name, traits, rotation, input, call));
    VaultAnswer answer = answer(keys.get(name, call).orElseThrow());
    return created ? answer : answer.withWarning("key " + name + " already existed");
  }

  /** A key that does not exist yet, with its first version ({@code lock_manager.go}, GetPolicy). */
  TransitKey fresh(String name, Traits traits, Duration rotation, Input input, VaultCall call) {
    KeyType type = traits.type();
    if ((traits.derived() && !type.derives()) || (traits.convergent() && type == KeyType.ED25519)) {
      throw VaultFailure.ofCore(
          500,
          "key derivation and convergent encryption not supported for keys of type "
              + type.title());
    }
    TransitKey key = TransitKey.of(name, traits, false, rotation);
    return type == KeyType.MANAGED_KEY
        ? key.withVersion(managed(input, call), false)
        : keys.rotated(key, call.time());
  }

  private KeyVersion managed(Input input, VaultCall call) {
    String asked = input.text("managed_key_name").orElse(input.textOrEmpty("managed_key_id"));
    SigningMaterial pair =
        Optional.ofNullable(settings.managedKeys().get(asked))
            .orElseThrow(
                () -> VaultFailure.ofCore(500, "no managed key found with name \"" + asked + "\""));
    return KeyVersion.ofPair(pair, call.time(), settings.random());
  }

  private KeyType type(String title) {
    return KeyType.of(title)
        .filter(type -> type != KeyType.MANAGED_KEY || !settings.managedKeys().isEmpty())
        .filter(type -> type != KeyType.XCHACHA20_POLY1305 || settings.openBao())
        .orElseThrow(() -> VaultFailure.invalid("unknown key type " + title));
  }

  private static int keySize(Input input, KeyType type) {
    int size = input.integer("key_size").orElse(0);
    if (type != KeyType.HMAC) {
      if (size != 0) {
        throw VaultFailure.invalid("key_size is not valid for algorithm " + type.title());
      }
      return 0;
    }
    if (size == 0) {
      return SHORTEST_HMAC;
    }
    if (size < SHORTEST_HMAC || size > LONGEST_HMAC) {
      throw VaultFailure.invalid("invalid key_size " + size);
    }
    return size;
  }

  private static Optional<Duration> rotation(Input input) {
    Optional<Duration> period = input.seconds("auto_rotate_period").map(Duration::ofSeconds);
    if (period
        .filter(each -> !each.isZero() && each.compareTo(SHORTEST_ROTATION) < 0)
        .isPresent()) {
      throw VaultFailure.invalid(ROTATION_PERIOD);
    }
    return period;
  }

  private VaultAnswer read(VaultCall call, Parameters path) {
    TransitKey key = keys.get(path.get("name"), call).orElseThrow(VaultFailure::notFound);
    Optional<byte[]> context =
        Input.of(call)
            .text("context")
            .filter(text -> !text.isEmpty())
            .map(
                text ->
                    GoBase64.decode(text)
                        .orElseThrow(
                            () -> VaultFailure.invalid("failed to base64-decode context")));
    return VaultAnswer.of(key.answer(settings.openBao(), context));
  }

  private VaultAnswer delete(VaultCall call, Parameters path) {
    String name = path.get("name");
    keys.delete(
        name,
        call,
        old -> {
          if (old.isEmpty()) {
            throw notDeleted(name, "could not delete key; not found");
          }
          if (!old.get().deletionAllowed()) {
            throw notDeleted(name, "deletion is not allowed for this key");
          }
          return Optional.empty();
        });
    return VaultAnswer.nothing();
  }

  private static VaultFailure notDeleted(String name, String why) {
    return VaultFailure.invalid("error deleting policy " + name + ": " + why);
  }

  private VaultAnswer softDelete(VaultCall call, Parameters path, boolean deleted) {
    String name = path.get("name");
    if (keys.get(name, call).isEmpty()) {
      return VaultAnswer.nothing();
    }
    boolean[] already = new boolean[1];
    TransitKey key =
        keys.change(
            name,
            call,
            VaultFailure.notFound(),
            old -> {
              already[0] = old.softDeleted() == deleted;
              return old.softDeleted(deleted);
            });
    if (!already[0]) {
      return answer(key);
    }
    return answer(key)
        .withWarning(
            deleted ? "key was already marked as soft deleted" : "key was already restored");
  }

  private VaultAnswer configure(VaultCall call, Parameters path) {
    String name = path.get("name");
    Input input = Input.of(call);
    TransitKey key =
        keys.change(
            name,
            call,
            VaultFailure.invalid("no existing key named " + name + " could be found"),
            old -> configured(old, input));
    return input.integer("min_decryption_version").filter(version -> version == 0).isPresent()
        ? answer(key)
            .withWarning(
                "since Vault 0.3 (prior to the OpenBao fork), transit key numbering starts at 1;"
                    + " forcing minimum to 1")
        : answer(key);
  }

  /** {@code path_keys_config.go}. */
  private static TransitKey configured(TransitKey key, Input input) {
    int decryption = input.integer("min_decryption_version").orElse(key.limits().decryption());
    if (decryption < 0) {
      throw VaultFailure.invalid("min decryption version cannot be negative");
    }
    decryption = Math.max(1, decryption);
    requireKnown("decryption", decryption, key);
    int encryption = input.integer("min_encryption_version").orElse(key.limits().encryption());
    if (encryption < 0) {
      throw VaultFailure.invalid("min encryption version cannot be negative");
    }
    requireKnown("encryption", encryption, key);
    if (encryption > 0 && encryption < decryption) {
      throw VaultFailure.invalid(
          "cannot set min encryption/decryption values; min encryption version of "
              + encryption
              + " must be greater than or equal to min decryption version of "
              + decryption);
    }
    Traits old = key.traits();
    Traits traits =
        new Traits(
            old.type(),
            old.keySize(),
            old.derived(),
            old.convergent(),
            old.exportable() || input.flag("exportable").orElse(false),
            old.plaintextBackup() || input.flag("allow_plaintext_backup").orElse(false),
            old.importedRotates());
    TransitKey changed =
        key.with(
            traits,
            new Limits(key.limits().available(), decryption, encryption),
            input.flag("deletion_allowed").orElse(key.deletionAllowed()),
            rotation(input).orElse(key.autoRotate()));
    if (!changed.equals(key)) {
      requireAvailable(changed.limits());
    }
    return changed;
  }

  private static void requireKnown(String what, int version, TransitKey key) {
    if (version > key.latest()) {
      throw VaultFailure.invalid(
          "cannot set min "
              + what
              + " version of "
              + version
              + ", latest key version is "
              + key.latest());
    }
  }

  private static void requireAvailable(Limits limits) {
    if (limits.available() > limits.encryption()) {
      throw VaultFailure.invalid(
          "min encryption version should not be less than min available version");
    }
    if (limits.available() > limits.decryption()) {
      throw VaultFailure.invalid(
          "min decryption version should not be less then min available version");
    }
  }

  /** {@code path_rotate.go}: no compare-and-set; two who rotate make two versions. */
  private VaultAnswer rotate(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    TransitKey key =
        keys.change(
            path.get("name"),
            call,
            VaultFailure.invalid("key not found"),
            old ->
                old.type() == KeyType.MANAGED_KEY
                    ? old.withVersion(managed(input, call), false)
                    : keys.rotated(old, call.time()));
    return answer(key);
  }

  private VaultAnswer trim(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    TransitKey key =
        keys.change(
            path.get("name"),
            call,
            VaultFailure.invalid("invalid key name"),
            old ->
                trimmed(
                    old,
                    input
                        .integer("min_available_version")
                        .orElseThrow(() -> VaultFailure.invalid("missing min_available_version"))));
    return answer(key);
  }

  /** {@code path_trim.go}. */
  private static TransitKey trimmed(TransitKey key, int available) {
    Limits limits = key.limits();
    if (available < limits.available()) {
      throw VaultFailure.invalid("minimum available version cannot be decremented");
    }
    if (limits.encryption() == 0) {
      throw VaultFailure.invalid(
          "minimum available version cannot be set when minimum encryption version is not set");
    }
    if (available > limits.encryption()) {
      throw VaultFailure.invalid(
          "minimum available version cannot be greater than minmum encryption version");
    }
    if (available > limits.decryption()) {
      throw VaultFailure.invalid(
          "minimum available version cannot be greater than minimum decryption version");
    }
    if (available == 0) {
      throw VaultFailure.invalid("minimum available version should be positive");
    }
    return key.trimmed(available);
  }
}
