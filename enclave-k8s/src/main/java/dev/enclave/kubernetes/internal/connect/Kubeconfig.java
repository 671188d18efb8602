package dev.enclave.kubernetes.internal.connect;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.setup.PemTls;
import dev.enclave.kubernetes.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * What a kubeconfig says of its current context: server, certificate authority, and a token or a
 * client's certificate. No program that it names is run.
 */
final class Kubeconfig {

  /** What the environment snapshot reads of a file. */
  private static final int LONGEST = 64 * 1024;

  /** A kubeconfig needs five. */
  private static final int DEEPEST = 32;

  private static final String TOKEN_INSTEAD = Texts.TOKEN_INSTEAD.with();

  /** How its token or certificate comes to be a good one. */
  static final String RENEWAL = Texts.PUT_ANOTHER.with();

  private static final Map<String, String> REFUSED_OF_USERS =
      Map.of(
          "exec", TOKEN_INSTEAD,
          "auth-provider", TOKEN_INSTEAD,
          "username", TOKEN_INSTEAD,
          "as", Texts.GIVE_RIGHTS.with());

  private static final Map<String, String> REFUSED_OF_CLUSTERS =
      Map.of(
          "insecure-skip-tls-verify", Texts.NAME_AUTHORITY.with(),
          "proxy-url", Texts.REACH_ITSELF.with(),
          "tls-server-name", Texts.NAME_BY_CERTIFICATE.with());

  private final String path;
  private final String source;
  private final BackendContext context;

  /**
   * @param source what names the file, as a message begins with it
   */
  Kubeconfig(String path, String source, BackendContext context) {
    this.path = path;
    this.source = source;
    this.context = context;
  }

  /**
   * The server of the current context.
   *
   * @param namespace instead of the context's
   */
  ApiServer server(Optional<String> namespace) throws BackendFailure {
    Map<String, Object> whole = parsed();
    Map<String, Object> current =
        named(whole, "contexts", "context", Json.text(whole, "current-context"));
    Map<String, Object> cluster =
        named(whole, "clusters", "cluster", Json.text(current, "cluster"));
    Map<String, Object> user = named(whole, "users", "user", Json.text(current, "user"));
    requireNone(cluster, REFUSED_OF_CLUSTERS);
    requireNone(user, REFUSED_OF_USERS);
    String set = Json.text(current, "namespace");
    String own = set.isEmpty() ? "default" : set;
    Credential credential = credential(user);
    return new ApiServer(
        url(Json.text(cluster, "server")),
        tls(cluster, user),
        credential,
        namespace.orElse(own),
        own,
        new ApiServer.Source(
            Texts.SERVER_OF_KUBECONFIG.with(path),
            Texts.NAME_IN_KUBECONFIG.with(path),
            path,
            true));
  }

  private Map<String, Object> parsed() throws BackendFailure {
    String text =
        context
            .snapshot()
            .read(path)
            .filter(read -> read.length() < LONGEST)
            .orElseThrow(() -> wrong(Texts.NO_SMALL_FILE.observed(), Texts.NO_SMALL_FILE.advice()));
    try {
      LoadSettings settings = LoadSettings.builder().build();
      requireFlat(new ParserImpl(settings, new StreamReader(settings, text)));
      return Json.map(new Load(settings).loadFromString(text));
    } catch (YamlEngineException e) {
      // Its message quotes the file.
      throw wrong(Texts.NO_YAML.observed(), Texts.NO_YAML.advice());
    }
  }

  /** The parser counts levels in the heap; what loads a document counts them on the stack. */
  private void requireFlat(Parser events) throws BackendFailure {
    int depth = 0;
    while (events.hasNext()) {
      switch (events.next().getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > DEEPEST) {
        throw wrong(
            Texts.NESTED_TOO_DEEPLY.observed(DEEPEST), Texts.NESTED_TOO_DEEPLY.advice(DEEPEST));
      }
    }
  }

  private Map<String, Object> named(
      Map<String, Object> whole, String list, String kind, String name) throws BackendFailure {
    return Json.list(whole, list).stream()
        .filter(entry -> !name.isEmpty() && Json.text(entry, "name").equals(name))
        .findFirst()
        .map(entry -> Json.map(entry, kind))
        .orElseThrow(
            () -> wrong(Texts.CONTEXT_LACKS.observed(kind), Texts.CONTEXT_LACKS.advice(kind)));
  }

  private void requireNone(Map<String, Object> section, Map<String, String> refused)
      throws BackendFailure {
    for (Map.Entry<String, String> entry : refused.entrySet()) {
      String name = entry.getKey();
      if (section.containsKey(name) && !Boolean.FALSE.equals(section.get(name))) {
        throw wrong(Texts.NOT_SUPPORTED.with(name), entry.getValue());
      }
    }
  }

  private String url(String server) throws BackendFailure {
    try {
      URI uri = new URI(server);
      if ("https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return server.replaceAll("/+$", "");
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw wrong(Texts.NO_HTTPS_SERVER.observed(), Texts.NO_HTTPS_SERVER.advice());
  }

  private SSLContext tls(Map<String, Object> cluster, Map<String, Object> user)
      throws BackendFailure {
    String authority = content(cluster, "certificate-authority").orElse("");
    Optional<String> certificate = content(user, "client-certificate");
    Optional<String> key = content(user, "client-key");
    Optional<PemTls.Identity> client =
        certificate.isPresent() && key.isPresent()
            ? Optional.of(new PemTls.Identity(certificate.get(), key.get()))
            : Optional.empty();
    return PemTls.of(authority, client)
        .orElseThrow(() -> wrong(Texts.TLS_UNREADABLE.observed(), Texts.TLS_UNREADABLE.advice()));
  }

  /** By its {@code -data} in base64, else by a file. */
  private Optional<String> content(Map<String, Object> section, String name) throws BackendFailure {
    String data = Json.text(section, name + "-data");
    String file = Json.text(section, name);
    if (!data.isEmpty()) {
      try {
        return Optional.of(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw wrong(Texts.NO_BASE_DATA.observed(name), Texts.NO_BASE_DATA.advice(name));
      }
    }
    return file.isEmpty() ? Optional.empty() : context.snapshot().read(resolved(name, file));
  }

  /** A relative path begins where the kubeconfig is. */
  private String resolved(String name, String file) throws BackendFailure {
    try {
      return Path.of(path).resolveSibling(file).toString();
    } catch (InvalidPathException e) {
      throw wrong(Texts.NO_PATH.observed(name), Texts.NO_PATH.advice(name));
    }
  }

  private String folder() {
    Path folder = Path.of(path).getParent();
    return folder == null ? "." : folder.toString();
  }

  private Credential credential(Map<String, Object> user) throws BackendFailure {
    String file = Json.text(user, "tokenFile");
    if (!file.isEmpty()) {
      // What is in it is sent to the server that the same kubeconfig names.
      TokenFile token = new TokenFile(resolved("tokenFile", file), Optional.of(folder()), context);
      if (token.strays()) {
        throw wrong(Texts.TOKEN_OUTSIDE.observed(), Texts.TOKEN_OUTSIDE.advice());
      }
      return token;
    }
    String text = Json.text(user, "token");
    Optional<Token> token = Token.of(text);
    if (token.isEmpty() && (!text.isEmpty() || content(user, "client-certificate").isEmpty())) {
      throw wrong(Texts.NO_CREDENTIAL.with(), TOKEN_INSTEAD);
    }
    return new Fixed(token, Texts.THE_KUBECONFIG.with(path));
  }

  /** What does not change while the backend is open. */
  private record Fixed(Optional<Token> token, String named) implements Credential {
    @Override
    public String renewal() {
      return RENEWAL;
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }
  }

  private BackendFailure wrong(String observed, String fix) {
    return Texts.KUBECONFIG_WRONG
        .permanent(FailureCode.MISCONFIGURED, source, Quoted.of(path), observed, fix)
        .naming(path);
  }
}
