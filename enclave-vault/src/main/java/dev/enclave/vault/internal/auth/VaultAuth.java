package dev.enclave.vault.internal.auth;

import static dev.enclave.vault.internal.settings.VaultSettings.AUDIENCE;
import static dev.enclave.vault.internal.settings.VaultSettings.AUTH;
import static dev.enclave.vault.internal.settings.VaultSettings.AUTH_MOUNT;
import static dev.enclave.vault.internal.settings.VaultSettings.ROLE;
import static dev.enclave.vault.internal.settings.VaultSettings.ROLE_ID;
import static dev.enclave.vault.internal.settings.VaultSettings.SECRET_ID;
import static dev.enclave.vault.internal.settings.VaultSettings.TOKEN_FILE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.enclave.EnvironmentType;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.credentials.RefreshingValue.Source;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.AwsSts;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendFailure.Step;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.vault.internal.auth.VaultTokens.Proof;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultHttp;
import dev.enclave.vault.internal.calls.VaultToken;
import dev.enclave.vault.internal.settings.VaultSettings;
import dev.enclave.vault.internal.texts.Texts;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses, by settings alone, how this process comes by a token, and refuses what must not be: in
 * PRODUCTION and STAGING tokens and secrets that somebody wrote down, and root tokens.
 *
 * @param platform makes the way to the cloud that the workload runs on
 * @param threads on which tokens are fetched
 */
public record VaultAuth(
    VaultSettings settings,
    BackendContext context,
    VaultHttp http,
    Supplier<HttpExchange> platform,
    Executor threads) {

  private static final List<String> TOKENS = List.of("BAO_TOKEN", "VAULT_TOKEN");
  private static final List<String> UNCHECKED = List.of("BAO_SKIP_VERIFY", "VAULT_SKIP_VERIFY");
  private static final String OF_POD = "/var/run/secrets/kubernetes.io/serviceaccount/token";

  /** More than any token lives: renewal goes by the share of its life that is over. */
  private static final Duration AHEAD = Duration.ofDays(10_000);

  /** How long a token of a file is used before the file is read again. */
  private static final Duration REREAD = Duration.ofMinutes(1);

  private static final Duration WITHIN = Duration.ofSeconds(5);

  /**
   * Refuses a process in which somebody switched the server's certificate off for other clients:
   * they would expect it to hold for this one.
   */
  public static void requireVerified(BackendContext context) throws BackendFailure {
    for (String name : UNCHECKED) {
      Optional<String> value = context.snapshot().variable(name);
      if (value.filter(text -> !text.matches("(?i)0|f|false")).isPresent()) {
        throw Texts.UNVERIFIED.permanent(FailureCode.REFUSED, name);
      }
    }
  }

  /** The tokens; nothing is asked for yet. */
  public RefreshingValue<VaultToken> tokens() throws BackendFailure {
    settings.section().settings().require(AUTH);
    String auth = settings.auth().orElseThrow();
    boolean strict = context.environment().isStrict();
    for (String name : TOKENS) {
      if (strict && context.snapshot().variable(name).isPresent()) {
        throw Texts.TOKEN_SET.permanent(FailureCode.REFUSED, name, context.environment());
      }
    }
    if (strict && (auth.equals("approle") || auth.equals("token"))) {
      throw Texts.AUTH_REFUSED.permanent(
          FailureCode.REFUSED, name(AUTH), auth, context.environment());
    }
    Source<VaultToken> source =
        auth.equals("agent") || auth.equals("token") ? fromFile(auth) : byLogin(auth);
    return new RefreshingValue<>(Texts.TOKEN_BY.with(auth), source, AHEAD, context.time(), threads);
  }

  private Source<VaultToken> byLogin(String auth) throws BackendFailure {
    String mount =
        settings
            .section()
            .text(AUTH_MOUNT, VaultSettings.PATH_FORM, Texts.WRITE_PATH.with())
            .orElse(auth);
    Proof proof =
        switch (auth) {
          case "kubernetes" -> byFile(text(TOKEN_FILE).orElse(OF_POD), Optional.of(required(ROLE)));
          case "jwt" -> byFile(required(TOKEN_FILE), text(ROLE));
          case "aws" -> byAws();
          case "azure" -> {
            HttpExchange way = platform.get();
            yield byCloud(new AzureWorkload(context.snapshot(), way), required(AUDIENCE), way);
          }
          case "gcp" ->
              byCloud(
                  new GoogleWorkload(context.snapshot()),
                  text(AUDIENCE).orElse(settings.address() + "/vault/" + required(ROLE)),
                  () -> {});
          default -> byRoleId();
        };
    return new VaultTokens(
        http,
        "auth/" + mount + "/login",
        proof,
        Texts.CHECK_LOG_IN.with(name(AUTH), name(ROLE), name(AUTH_MOUNT)),
        context);
  }

  /** Read anew for each log-in: it is replaced on disk. */
  private Proof byFile(String path, Optional<String> role) {
    return new Proof(() -> jwt(read(path), role), () -> {});
  }

  private Proof byCloud(IdentityToken.Source source, String audience, AutoCloseable way)
      throws BackendFailure {
    Optional<String> role = Optional.of(required(ROLE));
    return new Proof(() -> jwt(source.token(audience).text(), role), () -> end(source, way));
  }

  /** Vault sends the signed request to STS, and learns there who signed it ("AWS auth method"). */
  private Proof byAws() {
    HttpExchange way = platform.get();
    AwsWorkload workload = new AwsWorkload(context, way);
    Map<String, String> header = new HashMap<>();
    text(AUDIENCE).ifPresent(id -> header.put("x-vault-aws-iam-server-id", id));
    return new Proof(
        () -> {
          AwsWorkload.Identity identity = workload.identity();
          AwsSts.SignedRequest signed =
              identity.sts().callerIdentityByForm(identity.credentials(), header);
          Map<String, Object> body = new HashMap<>();
          text(ROLE).ifPresent(role -> body.put("role", role));
          body.put("iam_http_request_method", "POST");
          body.put("iam_request_url", base64(signed.uri().toString().getBytes(UTF_8)));
          body.put("iam_request_body", base64(AwsSts.CALLER_IDENTITY.getBytes(UTF_8)));
          body.put("iam_request_headers", base64(Json.write(Map.copyOf(signed.headers()))));
          return body;
        },
        () -> end(workload, way));
  }

  private Proof byRoleId() throws BackendFailure {
    String id = required(ROLE_ID);
    Step<String> secret =
        () ->
            settings
                .section()
                .secret(SECRET_ID)
                .or(() -> text(SECRET_ID))
                .orElseThrow(() -> missing(SECRET_ID));
    return new Proof(() -> Map.of("role_id", id, "secret_id", secret.run()), () -> {});
  }

  /**
   * A token of which somebody else takes care, such as an Agent: it is read again each minute, and
   * not renewed or revoked here.
   */
  private Source<VaultToken> fromFile(String auth) throws BackendFailure {
    boolean variable = auth.equals("token") && text(TOKEN_FILE).isEmpty();
    String path = variable ? "" : required(TOKEN_FILE);
    AtomicReference<@Nullable VaultToken> last = new AtomicReference<>();
    return () -> {
      String text = variable ? fromVariable() : read(path);
      VaultToken token =
          VaultToken.of(text, context.time().now())
              .orElseThrow(() -> Texts.NO_TOKEN_IN.transientFailure(FailureCode.UNAVAILABLE, path));
      VaultToken before = last.get();
      VaultToken kept = before != null && before.text().equals(token.text()) ? before : token;
      if (kept.equals(token)) {
        requireNoRoot(policies(token), path, context.environment());
        last.set(token);
      }
      return new Expiring<>(kept, Optional.of(context.time().now().plus(REREAD)));
    };
  }

  /** None where it may not look itself up, as root may: requests tell whether it is good. */
  private List<?> policies(VaultToken token) throws BackendFailure {
    Answered answered = http.exchange(VaultCalls.LOOK_UP, Optional.of(token), WITHIN);
    if (answered.status() != 200 && answered.status() != 403) {
      throw http.refused(VaultCalls.LOOK_UP, answered, VaultHttp.meaning(answered), 1);
    }
    return answered.status() == 403
        ? List.of()
        : Json.list(http.object(VaultCalls.LOOK_UP, answered), "data", "policies");
  }

  private String fromVariable() throws BackendFailure {
    return TOKENS.stream()
        .flatMap(name -> context.snapshot().variable(name).stream())
        .findFirst()
        .orElseThrow(() -> missing(TOKEN_FILE));
  }

  /** Refuses a root token where keys are real: nothing limits what it may do, or when it ends. */
  static void requireNoRoot(List<?> policies, String where, EnvironmentType environment)
      throws BackendFailure {
    if (environment.isStrict() && policies.contains("root")) {
      throw Texts.ROOT_REFUSED.permanent(FailureCode.REFUSED, where, environment);
    }
  }

  private static Map<String, Object> jwt(String token, Optional<String> role) {
    Map<String, Object> body = new HashMap<>(Map.of("jwt", token));
    role.ifPresent(name -> body.put("role", name));
    return body;
  }

  private String read(String path) throws BackendFailure {
    return Answers.file(context.snapshot(), path)
        .orElseThrow(
            () -> Texts.NO_TOKEN_IN.transientFailure(FailureCode.UNAVAILABLE, path).naming(path));
  }

  private Optional<String> text(String name) {
    return settings.section().text(name);
  }

  private String required(String name) throws BackendFailure {
    return text(name).orElseThrow(() -> missing(name));
  }

  private BackendFailure missing(String name) {
    return Texts.MISSING.permanent(
        FailureCode.MISCONFIGURED, name(AUTH), settings.auth().orElse(""), name(name));
  }

  private String name(String setting) {
    return settings.section().fullName(setting);
  }

  private static String base64(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }

  private static void end(AutoCloseable... all) {
    for (AutoCloseable one : all) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException("a way to a cloud did not close: " + e.getClass());
      }
    }
  }
}
