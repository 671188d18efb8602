package dev.enclave.campaign.kubernetes;

import static dev.enclave.campaign.kubernetes.OwnObjects.object;
import static dev.enclave.campaign.kubernetes.OwnObjects.text;

import dev.enclave.campaign.kubernetes.OwnObjects.Kind;
import dev.enclave.campaign.kubernetes.OwnObjects.Page;
import dev.enclave.campaign.kubernetes.OwnRoles.Wish;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.internal.http.ServerCertificate;
import dev.enclave.emulators.internal.http.SocketLayer;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An API server of our own in this process: what Kubernetes 1.20 documents of Secrets, namespaces,
 * service accounts and their tokens, Roles, and reviews of access. What it does not do, such as
 * watch, patch and dry run, it refuses. The tests that run against it run against the real one too,
 * in {@code --full}.
 */
final class OwnApiServer extends ApiServer {

  /** {@code MaxRequestBodyBytes} of {@code k8s.io/apiserver}. */
  private static final int MOST_BYTES = 3 << 20;

  private static final long SHORTEST_TOKEN = 600;
  private static final long LONGEST_TOKEN = 1L << 32;
  private static final String JSON = "application/json";
  private static final String METADATA = JSON + ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

  /** What was issued; it is good for as long as the account is there. */
  private record Token(
      String namespace, String account, String uid, Instant end, List<?> audiences) {}

  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();
  private final OwnObjects objects = new OwnObjects(clock);
  private final OwnRoles roles = new OwnRoles(objects);
  private final Map<String, Token> tokens = new ConcurrentHashMap<>();
  private final String adminToken = unguessable();
  private final ServerCertificate certificate = ServerCertificate.generate(random);
  private final HttpTransport transport;
  private final ApiClient admin;

  private OwnApiServer() {
    HttpTransport.Site site =
        new HttpTransport.Site(
            this::answer,
            request -> ResourceName.of(request).operation(),
            Interceptor.NONE,
            Journal.ofLast(1),
            clock);
    transport = HttpTransport.start(HOST, 0, site, SocketLayer.tls(certificate));
    admin = ApiClient.trusting(certificate.certificate(), transport.endpoint(), adminToken);
  }

  /** Starts one with empty data. */
  static OwnApiServer start() {
    return new OwnApiServer();
  }

  private String unguessable() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return base64(bytes);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private ServiceResponse answer(ServiceRequest request) {
    ServiceResponse answer;
    try {
      answer = served(request);
    } catch (Refusal refusal) {
      answer = refusal.response();
    }
    String id = request.header(Forwarding.AUDIT_ID).orElse(request.id());
    return answer.withHeader(Forwarding.AUDIT_ID, id);
  }

  /** Who asks, whether that is granted, and only then what becomes of it. */
  private ServiceResponse served(ServiceRequest request) {
    String user = user(request);
    ResourceName asked = ResourceName.of(request);
    if (asked.operation().equals("get /readyz")) {
      return ServiceResponse.of(200, "ok".getBytes(StandardCharsets.UTF_8));
    }
    if (asked.operation().equals("get /version")) {
      return json(200, Map.of("major", "1", "minor", "20", "gitVersion", "v1.20.2"));
    }
    Map<String, String> query = query(request.query());
    Wish wish = wish(asked, query);
    if (!roles.allows(user, wish)) {
      String why = "User \"" + user + "\" cannot " + wish.verb() + " resource";
      throw Refusal.forbidden(wish.resource(), wish.name(), why);
    }
    if (request.body().length > MOST_BYTES) {
      throw Refusal.of(413, "RequestEntityTooLarge", "Request entity too large");
    }
    if (asked.resource().startsWith("/") || query.containsKey("dryRun")) {
      throw Refusal.unknownResource();
    }
    String[] path = request.path().split("/", -1);
    String version = asked.group().isEmpty() ? path[2] : asked.group() + "/" + path[3];
    if (version.equals(OwnRoles.REVIEWS + "/v1") && asked.verb().equals("create")) {
      return review(user, asked.resource(), body(request));
    }
    if (asked.operation().equals("create serviceaccounts/token")) {
      return token(wish.namespace(), wish.name(), body(request));
    }
    return ofKind(OwnObjects.kind(asked.resource(), version), wish, query, request);
  }

  /** The user of a token; nobody is anonymous. */
  private String user(ServiceRequest request) {
    String text = request.header("Authorization").orElse("").replaceFirst("^Bearer ", "");
    if (text.equals(adminToken)) {
      return OwnRoles.ADMIN;
    }
    return Optional.ofNullable(tokens.get(text))
        .filter(token -> clock.instant().isBefore(token.end()))
        .filter(token -> token.audiences().contains(ISSUER))
        .filter(token -> uid(token.namespace(), token.account()).equals(token.uid()))
        .map(token -> OwnRoles.user(token.namespace(), token.account()))
        .orElseThrow(() -> Refusal.of(401, "Unauthorized", "Unauthorized"));
  }

  /** Of a service account; empty if it is gone. */
  private String uid(String namespace, String account) {
    return objects
        .find("serviceaccounts", namespace, account)
        .map(found -> text(found, "metadata", "uid"))
        .orElse("");
  }

  /** A list of one name is about that name, as {@code RequestInfoFactory} has it. */
  private static Wish wish(ResourceName asked, Map<String, String> query) {
    String field = query.getOrDefault("fieldSelector", "");
    String name =
        asked.object().orElse(field.startsWith("metadata.name=") ? field.split("[=,]", -1)[1] : "");
    String namespace = asked.resource().equals("namespaces") ? name : asked.namespace().orElse("");
    return new Wish(asked.verb(), asked.group(), asked.resource(), namespace, name);
  }

  private ServiceResponse ofKind(
      Kind kind, Wish wish, Map<String, String> query, ServiceRequest request) {
    String namespace = kind.namespaced() ? wish.namespace() : "";
    String name = wish.name();
    if (wish.verb().equals(name.isEmpty() ? "update" : "create")) {
      throw Refusal.unknownMethod();
    }
    String everywhere = kind.namespaced() && namespace.isEmpty() ? " everywhere" : "";
    return switch (wish.verb() + everywhere) {
      case "list", "list everywhere" -> list(kind, namespace, query, request);
      case "get" -> json(200, objects.get(kind.resource(), namespace, name));
      case "create" -> json(201, objects.create(kind, namespace, body(request)));
      case "update" -> json(200, objects.replace(kind, namespace, name, body(request)));
      case "delete" -> {
        Map<?, ?> options = request.body().length == 0 ? Map.of() : body(request);
        yield json(200, objects.delete(kind, namespace, name, object(options, "preconditions")));
      }
      default -> throw Refusal.unknownMethod();
    };
  }

  private ServiceResponse list(
      Kind kind, String namespace, Map<String, String> query, ServiceRequest request) {
    String accepted = request.header("Accept").orElse(JSON).replace(" ", "");
    boolean metadata = accepted.equals(METADATA);
    if (!metadata && !accepted.equals(JSON)) {
      throw Refusal.of(406, "NotAcceptable", "accepted are " + JSON + " and " + METADATA);
    }
    String limit = query.getOrDefault("limit", "0");
    if (!limit.matches("[0-9]{1,9}")) {
      throw Refusal.badRequest("limit: invalid syntax");
    }
    Predicate<Map<?, ?>> labelled =
        selected(
            query.getOrDefault("labelSelector", ""),
            label -> object -> text(object, "metadata", "labels", label));
    Predicate<Map<?, ?>> fielded =
        selected(query.getOrDefault("fieldSelector", ""), field -> field(kind, field));
    Page page =
        objects.page(
            kind,
            namespace,
            labelled.and(fielded),
            query.getOrDefault("continue", ""),
            Integer.parseInt(limit));
    List<Map<String, @Nullable Object>> items = new ArrayList<>();
    for (Map<String, @Nullable Object> object : page.items()) {
      Map<String, @Nullable Object> item = new LinkedHashMap<>(object);
      item.keySet().removeAll(List.of("kind", "apiVersion"));
      if (metadata) {
        item.keySet().retainAll(List.of("metadata"));
      }
      items.add(item);
    }
    return json(
        200,
        Map.of(
            "kind",
            metadata ? "PartialObjectMetadataList" : kind.name() + "List",
            "apiVersion",
            metadata ? "meta.k8s.io/v1" : kind.apiVersion(),
            "metadata",
            Map.of("resourceVersion", page.version(), "continue", page.rest()),
            "items",
            items));
  }

  /** What a Secret can be selected by, and everything else by its name. */
  private static Function<Map<?, ?>, String> field(Kind kind, String field) {
    if (field.equals("type") && kind.resource().equals("secrets")) {
      return object -> text(object, "type");
    }
    if (!field.matches("metadata\\.(name|namespace)")) {
      throw Refusal.badRequest("field label not supported: " + field);
    }
    return object -> text(object, field.split("\\.", -1));
  }

  /** Requirements of equality, which all must hold; of others there are none. */
  private static Predicate<Map<?, ?>> selected(
      String selector, Function<String, Function<Map<?, ?>, String>> value) {
    Predicate<Map<?, ?>> all = object -> true;
    for (String part : selector.isEmpty() ? new String[0] : selector.split(",", -1)) {
      if (!part.matches("[A-Za-z0-9._/-]+==?[A-Za-z0-9._/-]+")) {
        throw Refusal.badRequest("unable to parse requirement: " + part);
      }
      String[] pair = part.split("==?", 2);
      Function<Map<?, ?>, String> of = value.apply(pair[0]);
      all = all.and(object -> pair[1].equals(of.apply(object)));
    }
    return all;
  }

  /** What somebody may do: the reviews of access and of rules. */
  private ServiceResponse review(
      String user, String resource, Map<String, @Nullable Object> review) {
    Map<?, ?> spec = object(review, "spec");
    Map<String, Object> status =
        switch (resource) {
          case "selfsubjectaccessreviews" -> Map.of("allowed", may(user, spec));
          case "subjectaccessreviews" -> Map.of("allowed", may(text(spec, "user"), spec));
          case "selfsubjectrulesreviews" -> rules(user, text(spec, "namespace"));
          default -> throw Refusal.unknownResource();
        };
    review.put("status", status);
    return json(201, review);
  }

  private boolean may(String user, Map<?, ?> spec) {
    Map<?, ?> wish = object(spec, "resourceAttributes");
    if (wish.isEmpty()) {
      throw Refusal.badRequest("This server reviews resourceAttributes alone.");
    }
    String part = text(wish, "subresource");
    String resource = text(wish, "resource") + (part.isEmpty() ? "" : "/" + part);
    return roles.allows(
        user,
        new Wish(
            text(wish, "verb"),
            text(wish, "group"),
            resource,
            text(wish, "namespace"),
            text(wish, "name")));
  }

  private Map<String, Object> rules(String user, String namespace) {
    if (namespace.isEmpty()) {
      throw Refusal.badRequest("no namespace on request");
    }
    List<Map<?, ?>> rules = roles.rules(user, namespace);
    return Map.of("resourceRules", rules, "nonResourceRules", List.of(), "incomplete", false);
  }

  /** TokenRequest: claims as the real server signs them, with what nobody guesses as signature. */
  private ServiceResponse token(
      String namespace, String account, Map<String, @Nullable Object> body) {
    Map<?, ?> spec = object(body, "spec");
    long seconds =
        spec.get("expirationSeconds") instanceof BigDecimal number ? number.longValue() : 3600;
    if (seconds < SHORTEST_TOKEN || seconds > LONGEST_TOKEN) {
      String error = "spec.expirationSeconds: may not specify less than 10 minutes or over 2^32 s";
      throw Refusal.invalid("TokenRequest", "", List.of(error));
    }
    String uid = text(objects.get("serviceaccounts", namespace, account), "metadata", "uid");
    List<?> named = OwnObjects.list(spec, "audiences");
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Token token =
        new Token(
            namespace,
            account,
            uid,
            now.plusSeconds(seconds),
            named.isEmpty() ? List.of(ISSUER) : named);
    Map<String, Object> claims =
        Map.of(
            "aud", token.audiences(),
            "exp", token.end().getEpochSecond(),
            "iat", now.getEpochSecond(),
            "iss", ISSUER,
            "sub", OwnRoles.user(namespace, account));
    String text =
        base64(Json.write(Map.of("alg", "RS256")))
            + "."
            + base64(Json.write(claims))
            + "."
            + unguessable();
    tokens.put(text, token);
    body.put("status", Map.of("token", text, "expirationTimestamp", token.end().toString()));
    return json(201, body);
  }

  private static Map<String, @Nullable Object> body(ServiceRequest request) {
    if (!request.header("Content-Type").orElse(JSON).startsWith(JSON)) {
      throw Refusal.of(
          415, "UnsupportedMediaType", "the body of the request was in an unknown format");
    }
    return Json.parseObject(request.body())
        .orElseThrow(() -> Refusal.badRequest("the object provided is unrecognized"));
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
      String name = pair.replaceFirst("=.*$", "");
      String value = pair.substring(Math.min(pair.length(), name.length() + 1));
      query.putIfAbsent(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return query;
  }

  private static ServiceResponse json(int status, Map<String, ? extends @Nullable Object> object) {
    return ServiceResponse.of(status, Json.write(object)).withHeader("Content-Type", JSON);
  }

  @Override
  public ApiClient admin() {
    return admin;
  }

  @Override
  public String caPem() {
    return certificate.pem();
  }

  @Override
  public String adminToken() {
    return adminToken;
  }

  @Override
  public void interrupt() {
    transport.refuse();
  }

  @Override
  public void resume() {
    transport.listen();
  }

  /** It has done all that it confirmed. */
  @Override
  public void until(BooleanSupplier condition, Supplier<String> observed) {
    if (!condition.getAsBoolean()) {
      throw new AssertionError(observed.get());
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
