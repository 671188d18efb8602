package dev.enclave.emulators.internal.vault.kv;

import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.Replicated;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import dev.enclave.emulators.internal.vault.kv.Secret.Settings;
import dev.enclave.emulators.internal.vault.kv.Secret.Version;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key/value secrets engine of version 2 ({@code builtin/logical/kv}), without secrets at the
 * start. Thread-safe.
 */
public final class KvMount implements VaultRoute {

  private static final String PATH = "(?<path>.*)";
  private static final String CONFIG = "config";
  private static final int MOST_CUSTOM = 64;

  private final PathTable paths = new PathTable();
  private final Replicated<Secret> secrets = new Replicated<>();
  private final Replicated<Settings> config = new Replicated<>();
  private final boolean openBao;

  /** OpenBao's has pages of lists and SCAN. */
  public KvMount(boolean openBao) {
    this.openBao = openBao;
    paths
        .on(CONFIG, Operation.READ, "kv/config:read", this::readConfig)
        .on(CONFIG, Operation.UPDATE, "kv/config:write", this::writeConfig)
        .on("data/" + PATH, Operation.READ, "kv/data:read", this::read)
        .on("data/" + PATH, Operation.UPDATE, "kv/data:write", this::write)
        .on("data/" + PATH, Operation.PATCH, "kv/data:patch", this::patch)
        .on("data/" + PATH, Operation.DELETE, "kv/data:delete", this::deleteNewest)
        .on("delete/" + PATH, Operation.UPDATE, "kv/delete", this::delete)
        .on("undelete/" + PATH, Operation.UPDATE, "kv/undelete", this::undelete)
        .on("destroy/" + PATH, Operation.UPDATE, "kv/destroy", this::destroy)
        .on("metadata/" + PATH, Operation.READ, "kv/metadata:read", this::readMetadata)
        .on("metadata/" + PATH, Operation.UPDATE, "kv/metadata:write", this::writeMetadata)
        .on("metadata/" + PATH, Operation.PATCH, "kv/metadata:patch", this::patchMetadata)
        .on("metadata/" + PATH, Operation.DELETE, "kv/metadata:delete", this::deleteMetadata)
        .on("metadata/" + PATH, Operation.LIST, "kv/metadata:list", this::list);
    if (openBao) {
      paths.on("metadata/" + PATH, Operation.SCAN, "kv/metadata:scan", this::scan);
    }
  }

  @Override
  public String nameOf(Operation operation, String rest) {
    return paths.nameOf(operation, rest);
  }

  /** {@code path_data.go} and {@code path_metadata.go} check for existence, deleted or not. */
  @Override
  public Optional<Boolean> exists(VaultCall call) {
    String rest = call.rest();
    return rest.startsWith("data/") || rest.startsWith("metadata/")
        ? paths
            .valueOf("path", rest)
            .map(path -> secrets.get(path, call.seenAt()).isPresent())
            .or(() -> Optional.of(false))
        : Optional.empty();
  }

  @Override
  public VaultAnswer handle(VaultCall call) {
    return paths.handle(call);
  }

  private Settings mount(VaultCall call) {
    return config.get(CONFIG, call.seenAt()).orElse(Settings.NONE);
  }

  private VaultAnswer readConfig(VaultCall call, Parameters parameters) {
    Settings settings = mount(call);
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("max_versions", settings.maxVersions());
    data.put("cas_required", settings.casRequired());
    data.put("delete_version_after", goDuration(settings.deleteAfter()));
    return VaultAnswer.of(data);
  }

  private VaultAnswer writeConfig(VaultCall call, Parameters parameters) {
    config.update(
        CONFIG,
        call.time(),
        old -> Optional.of(settings(old.orElse(Settings.NONE), Input.of(call))));
    return VaultAnswer.nothing();
  }

  private static Settings settings(Settings old, Input input) {
    return new Settings(
        input.integer("max_versions").orElse(old.maxVersions()),
        input.flag("cas_required").orElse(old.casRequired()),
        input.seconds("delete_version_after").map(Duration::ofSeconds).orElse(old.deleteAfter()),
        input.object("custom_metadata").map(KvMount::custom).or(old::custom));
  }

  /** {@code path_metadata.go}, validateCustomMetadata. */
  private static Map<String, @Nullable Object> custom(Map<String, @Nullable Object> given) {
    if (given.size() > MOST_CUSTOM) {
      throw VaultFailure.ofCore(
          400,
          "custom_metadata validation failed: payload must contain at most 64 keys, provided "
              + given.size());
    }
    Map<String, @Nullable Object> custom = new LinkedHashMap<>();
    given.forEach(
        (key, value) -> {
          String text = value == null ? "" : value.toString();
          requireLength("key \"" + key + "\"", "key", key, 128);
          requireLength("value for key \"" + key + "\"", "value", text, 512);
          custom.put(key, text);
        });
    return custom;
  }

  private static void requireLength(String what, String kind, String text, int most) {
    if (text.isEmpty() || text.length() > most) {
      throw VaultFailure.ofCore(
          400,
          "custom_metadata validation failed: length of "
              + what
              + " is "
              + text.length()
              + " but must be 0 < len("
              + kind
              + ") <= "
              + most);
    }
  }

  private VaultAnswer read(VaultCall call, Parameters parameters) {
    Secret secret =
        secrets.get(parameters.get("path"), call.seenAt()).orElseThrow(VaultFailure::notFound);
    int number =
        Input.of(call).integer("version").filter(asked -> asked > 0).orElse(secret.current());
    Version version = secret.versions().get(number);
    if (version == null) {
      throw VaultFailure.notFound();
    }
    boolean gone = version.gone(call.time());
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("data", gone ? null : version.data().orElse(null));
    data.put("metadata", numbered(secret, number));
    VaultAnswer answer = VaultAnswer.of(data);
    // What was deleted is answered in full, with 404.
    return gone ? answer.withStatus(404) : answer;
  }

  private static Map<String, @Nullable Object> numbered(Secret secret, int number) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("version", number);
    Version version = secret.versions().get(number);
    if (version != null) {
      answer.putAll(version.answer());
    }
    answer.put("custom_metadata", secret.settings().custom().orElse(null));
    return answer;
  }

  private VaultAnswer write(VaultCall call, Parameters parameters) {
    String path = named(parameters);
    Input input = Input.of(call);
    Map<String, @Nullable Object> data = dataOf(input);
    Settings mount = mount(call);
    Secret written =
        secrets
            .update(
                path,
                call.time(),
                old -> {
                  Secret secret = old.orElseGet(() -> Secret.empty(call.time()));
                  requireVersion(input, mount, secret);
                  return Optional.of(secret.with(data, mount, call.time()));
                })
            .orElseThrow();
    return VaultAnswer.of(numbered(written, written.current()));
  }

  private static String named(Parameters parameters) {
    String path = parameters.get("path");
    if (path.isEmpty()) {
      throw VaultFailure.invalid("missing path");
    }
    return path;
  }

  private static Map<String, @Nullable Object> dataOf(Input input) {
    return input.object("data").orElseThrow(() -> VaultFailure.invalid("no data provided"));
  }

  /** {@code path_data.go}, validateCheckAndSetOption. */
  private static void requireVersion(Input input, Settings mount, Secret secret) {
    Optional<Map<String, @Nullable Object>> options = input.object("options");
    if (options.filter(given -> given.containsKey("cas")).isPresent()) {
      if (cas(options.get().get("cas")) != secret.current()) {
        throw VaultFailure.invalid("check-and-set parameter did not match the current version");
      }
    } else if (mount.casRequired() || secret.settings().casRequired()) {
      throw VaultFailure.invalid("check-and-set parameter required for this call");
    }
  }

  private static int cas(@Nullable Object given) {
    try {
      return given == null ? 0 : new BigDecimal(given.toString()).intValueExact();
    } catch (NumberFormatException | ArithmeticException e) {
      throw VaultFailure.invalid("error parsing check-and-set parameter");
    }
  }

  /** A JSON merge patch (RFC 7396) of the newest version. */
  private VaultAnswer patch(VaultCall call, Parameters parameters) {
    String path = parameters.get("path");
    Input input = Input.of(call);
    Map<String, @Nullable Object> change = dataOf(input);
    Settings mount = mount(call);
    Optional<Secret> known = secrets.get(path);
    if (known.isEmpty()) {
      return nothingThere();
    }
    Version newest = known.get().versions().get(known.get().current());
    requireVersion(input, mount, known.get());
    if (newest == null) {
      return nothingThere();
    }
    if (newest.gone(call.time())) {
      return VaultAnswer.of(numbered(known.get(), known.get().current())).withStatus(404);
    }
    Secret patched =
        secrets
            .update(
                path,
                call.time(),
                old -> {
                  Secret secret = old.orElseThrow(VaultFailure::notFound);
                  requireVersion(input, mount, secret);
                  return Optional.of(secret.with(merged(secret, change), mount, call.time()));
                })
            .orElseThrow();
    return VaultAnswer.of(numbered(patched, patched.current()));
  }

  /** {@code RespondWithStatusCode} without a response: 404 and no body. */
  private static VaultAnswer nothingThere() {
    return new VaultAnswer(404, null, null, List.of(), VaultAnswer.Form.BARE);
  }

  private static Map<String, @Nullable Object> merged(
      Secret secret, Map<String, @Nullable Object> change) {
    Version newest = secret.versions().get(secret.current());
    return merged(newest == null ? Map.of() : newest.data().orElse(Map.of()), change);
  }

  private static Map<String, @Nullable Object> merged(
      Map<String, @Nullable Object> old, Map<String, @Nullable Object> change) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>(old);
    change.forEach(
        (name, value) -> {
          Optional<Map<String, @Nullable Object>> object = Input.asObject(value);
          if (value == null) {
            result.remove(name);
          } else if (object.isPresent()) {
            result.put(
                name, merged(Input.asObject(result.get(name)).orElse(Map.of()), object.get()));
          } else {
            result.put(name, value);
          }
        });
    return result;
  }

  private VaultAnswer deleteNewest(VaultCall call, Parameters parameters) {
    return changing(
        call, parameters, secret -> deleted(secret, List.of(secret.current()), call.time()));
  }

  private static Secret deleted(Secret secret, List<Integer> numbers, Instant now) {
    return secret.changing(
        numbers, now, version -> version.gone(now) ? version : version.deleted(Optional.of(now)));
  }

  private VaultAnswer changing(
      VaultCall call, Parameters parameters, Function<Secret, Secret> change) {
    if (secrets.get(parameters.get("path")).isPresent()) {
      secrets.update(parameters.get("path"), call.time(), old -> old.map(change));
    }
    return VaultAnswer.nothing();
  }

  private VaultAnswer delete(VaultCall call, Parameters parameters) {
    List<Integer> numbers = versions(call, "No version number provided");
    return changing(call, parameters, secret -> deleted(secret, numbers, call.time()));
  }

  private VaultAnswer undelete(VaultCall call, Parameters parameters) {
    List<Integer> numbers = versions(call, "No version number provided");
    Settings mount = mount(call);
    return changing(
        call,
        parameters,
        secret ->
            secret.changing(
                numbers,
                call.time(),
                version -> version.deleted(secret.deletion(mount, call.time()))));
  }

  private VaultAnswer destroy(VaultCall call, Parameters parameters) {
    List<Integer> numbers = versions(call, "no version number provided");
    return changing(
        call, parameters, secret -> secret.changing(numbers, call.time(), Version::withoutData));
  }

  /** A list of numbers, or a text with commas between them. */
  private static List<Integer> versions(VaultCall call, String missing) {
    Object given = call.input().get("versions");
    List<?> each =
        given instanceof List<?> list
            ? list
            : given == null || given.toString().isEmpty()
                ? List.of()
                : List.of(given.toString().split(",", -1));
    if (each.isEmpty()) {
      throw VaultFailure.invalid(missing);
    }
    try {
      return each.stream()
          .map(number -> new BigDecimal(String.valueOf(number).strip()).intValueExact())
          .toList();
    } catch (NumberFormatException | ArithmeticException e) {
      throw VaultFailure.invalid(
          "Field validation failed: error converting input for field \"versions\": expected type"
              + " int slice");
    }
  }

  private VaultAnswer readMetadata(VaultCall call, Parameters parameters) {
    Secret secret =
        secrets.get(parameters.get("path"), call.seenAt()).orElseThrow(VaultFailure::notFound);
    Map<String, @Nullable Object> versions = new LinkedHashMap<>();
    secret
        .versions()
        .forEach((number, version) -> versions.put(number.toString(), version.answer()));
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("versions", versions);
    data.put("current_version", secret.current());
    data.put("oldest_version", secret.oldest());
    data.put("created_time", secret.created().toString());
    data.put("updated_time", secret.updated().toString());
    data.put("max_versions", secret.settings().maxVersions());
    data.put("cas_required", secret.settings().casRequired());
    data.put("delete_version_after", goDuration(secret.settings().deleteAfter()));
    data.put("custom_metadata", secret.settings().custom().orElse(null));
    return VaultAnswer.of(data);
  }

  private VaultAnswer writeMetadata(VaultCall call, Parameters parameters) {
    String path = named(parameters);
    Input input = Input.of(call);
    if (input.fields().isEmpty()) {
      return VaultAnswer.nothing();
    }
    secrets.update(
        path,
        call.time(),
        old -> {
          Secret secret = old.orElseGet(() -> Secret.empty(call.time()));
          return Optional.of(secret.with(settings(secret.settings(), input), call.time()));
        });
    boolean ignored =
        mount(call).casRequired() && input.flag("cas_required").filter(flag -> !flag).isPresent();
    return ignored
        ? VaultAnswer.nothing()
            .withWarning(
                "\"cas_required\" set to false, but is mandated by backend config. This value will"
                    + " be ignored.")
        : VaultAnswer.nothing();
  }

  private VaultAnswer patchMetadata(VaultCall call, Parameters parameters) {
    String path = named(parameters);
    Input input = Input.of(call);
    if (secrets.get(path).isEmpty()) {
      return nothingThere();
    }
    secrets.update(
        path,
        call.time(),
        old -> old.map(secret -> secret.with(patched(secret.settings(), input), call.time())));
    return VaultAnswer.nothing();
  }

  private static Settings patched(Settings old, Input input) {
    Optional<Map<String, @Nullable Object>> change = input.object("custom_metadata");
    Map<String, @Nullable Object> others = new LinkedHashMap<>(input.fields());
    others.remove("custom_metadata");
    Settings settings = settings(old, new Input(others));
    return change.isEmpty()
        ? settings
        : new Settings(
            settings.maxVersions(),
            settings.casRequired(),
            settings.deleteAfter(),
            Optional.of(merged(old.custom().orElse(Map.of()), change.get())));
  }

  private VaultAnswer deleteMetadata(VaultCall call, Parameters parameters) {
    String path = parameters.get("path");
    if (secrets.get(path).isPresent()) {
      secrets.update(path, call.time(), old -> Optional.empty());
    }
    return VaultAnswer.nothing();
  }

  /** What is directly below a path; what has more below it ends in a slash. */
  private VaultAnswer list(VaultCall call, Parameters parameters) {
    String folder = parameters.get("path");
    TreeSet<String> names = new TreeSet<>();
    for (String path : secrets.names(call.seenAt())) {
      if (path.startsWith(folder)) {
        String below = path.substring(folder.length());
        int slash = below.indexOf('/');
        names.add(slash < 0 ? below : below.substring(0, slash + 1));
      }
    }
    return page(call, names);
  }

  private VaultAnswer scan(VaultCall call, Parameters parameters) {
    String folder = parameters.get("path");
    TreeSet<String> names = new TreeSet<>();
    secrets.names(call.seenAt()).stream()
        .filter(path -> path.startsWith(folder))
        .forEach(path -> names.add(path.substring(folder.length())));
    return page(call, names);
  }

  private VaultAnswer page(VaultCall call, NavigableSet<String> names) {
    Input input = Input.of(call);
    String after = input.textOrEmpty("after");
    int limit = input.integer("limit").filter(most -> most > 0).orElse(Integer.MAX_VALUE);
    return VaultAnswer.ofKeys(
        openBao ? names.tailSet(after, false).stream().limit(limit).toList() : List.copyOf(names));
  }

  /** Go's time.Duration.String, of whole seconds. */
  private static String goDuration(Duration duration) {
    long hours = duration.toHours();
    int minutes = duration.toMinutesPart();
    return (hours > 0 ? hours + "h" : "")
        + (hours > 0 || minutes > 0 ? minutes + "m" : "")
        + duration.toSecondsPart()
        + "s";
  }
}
