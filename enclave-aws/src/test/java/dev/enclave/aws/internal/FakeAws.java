package dev.enclave.aws.internal;

import dev.enclave.aws.internal.LoopbackServer.Asked;
import dev.enclave.aws.internal.LoopbackServer.Reply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Just enough of KMS, STS and a container agent to see how one gets there. The answers are those of
 * the AWS KMS and AWS STS API References.
 */
public final class FakeAws implements AutoCloseable {

  public static final String ACCOUNT = "123456789012";
  public static final String SECRET = "the-secret-that-nobody-may-see";
  static final String TOKEN = "the-session-token-that-nobody-may-see";

  private final Map<String, Function<Asked, Reply>> answers = new ConcurrentHashMap<>();
  private final LoopbackServer server = LoopbackServer.answering(this::answer);

  public FakeAws() {
    identity("assumed-role/wallet/session");
    answering("AssumeRoleWithWebIdentity", asked -> Reply.of(200, assumed()));
    answering("ListKeys", asked -> json(200, "{\"Keys\":[],\"Truncated\":false}"));
    answering("GET", asked -> Reply.of(200, document("2036-01-01T00:00:00Z")));
  }

  /** From now on answers an operation so; {@code GET} is the container agent. */
  public FakeAws answering(String operation, Function<Asked, Reply> answer) {
    answers.put(operation, answer);
    return this;
  }

  /** From now on STS says that the caller is this. */
  FakeAws identity(String resource) {
    return answering("GetCallerIdentity", asked -> identityOf(resource));
  }

  public static Reply identityOf(String resource) {
    return Reply.of(
        200,
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
            + "<GetCallerIdentityResult><Arn>arn:aws:sts::"
            + ACCOUNT
            + ":"
            + resource
            + "</Arn><UserId>AROA:session</UserId><Account>"
            + ACCOUNT
            + "</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1"
            + "</RequestId></ResponseMetadata></GetCallerIdentityResponse>");
  }

  /** What KMS answers when it refuses. */
  public static Reply refusal(int status, String code, String... headers) {
    return json(
        status,
        "{\"__type\":\"" + code + "\",\"message\":\"" + SECRET + " from the server\"}",
        headers);
  }

  /** What STS answers when it refuses. */
  public static Reply stsRefusal(int status, String code) {
    return Reply.of(
        status,
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender"
            + "</Type><Code>"
            + code
            + "</Code><Message>"
            + SECRET
            + "</Message></Error><RequestId>r-2</RequestId></ErrorResponse>");
  }

  public static Reply json(int status, String body, String... headers) {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "Content-Type: application/x-amz-json-1.1";
    all[headers.length + 1] = "x-amzn-RequestId: 0f0f0f0f-1111-2222-3333-444444444444";
    return Reply.of(status, body, all);
  }

  /** Credentials as agents hand them out. */
  static String document(String expiration) {
    return "{\"RoleArn\":\"arn:aws:iam::123456789012:role/wallet\",\"AccessKeyId\":\"ASIAAGENT\","
        + "\"SecretAccessKey\":\""
        + SECRET
        + "\",\"Token\":\""
        + TOKEN
        + "\",\"Expiration\":\""
        + expiration
        + "\"}";
  }

  private static String assumed() {
    return "<AssumeRoleWithWebIdentityResponse"
        + " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAWEB</AccessKeyId>"
        + "<SecretAccessKey>"
        + SECRET
        + "</SecretAccessKey><SessionToken>"
        + TOKEN
        + "</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials>"
        + "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
  }

  private Reply answer(Asked asked) {
    String operation = asked.method().equals("GET") ? "GET" : asked.operation();
    Function<Asked, Reply> answer = answers.get(operation);
    return answer == null ? refusal(400, "UnknownOperationException") : answer.apply(asked);
  }

  public String url() {
    return server.url();
  }

  public LoopbackServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}
