package dev.enclave.aws.internal.access;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.access.KmsProbes.Probe;
import dev.enclave.aws.internal.calls.AwsFailures;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsCalls.Request;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;

/**
 * What the identity may do, by requests about a key that is there: readings, dry runs, and changes
 * that KMS refuses for another reason or that leave everything as it is. A permission is granted
 * where KMS carried the request out, or said of the key what it says to nobody else; it is missing
 * where KMS says so. Of a key that does not exist KMS says nothing that counts.
 */
public final class KmsPermissions implements PermissionProber {

  private static final String SUBJECT = "keys of this account";
  private static final String LISTING = "listing keys";
  private static final Pattern ALIAS_ARN =
      Pattern.compile("arn:[a-z0-9-]{1,32}:kms:([a-z0-9-]{1,32}):([0-9]{12}):alias/.*");

  private static final int MOST_PAGES = 20;
  private static final int MOST_TRIED = 5;

  /**
   * A key that Enclave made.
   *
   * @param alias one of its own
   */
  private record Made(String alias, String keyId) {}

  private final KmsCalls calls;
  private final AwsSession session;
  private final LastToSign lastToSign;
  private final EnvironmentType environment;

  /**
   * @param environment whose stamp new keys carry: policies may allow no others
   */
  public KmsPermissions(
      KmsCalls calls, AwsSession session, LastToSign lastToSign, EnvironmentType environment) {
    this.calls = calls;
    this.session = session;
    this.environment = environment;
    this.lastToSign = lastToSign;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    List<Made> all = new ArrayList<>();
    Permission listing = listing(all, call);
    Optional<Made> made = chosen(all, call);
    Optional<String> key =
        made.map(Made::keyId).or(() -> lastToSign.get().map(LastToSign.Usable::uri));
    List<Permission> answers = new ArrayList<>(about(key, KmsProbes.ofUse(key.orElse("")), call));
    answers.addAll(making(call));
    answers.addAll(
        about(
            made.map(Made::keyId),
            KmsProbes.ofChange(made.map(Made::keyId).orElse(""), made.map(Made::alias).orElse("")),
            call));
    answers.add(listing);
    return answers;
  }

  /**
   * There is no dry run of CreateKey; permissions come before the policy, which is none. It is
   * asked for as Enclave makes keys, with the stamp that policies may demand. Where that is denied,
   * a request without tags tells which of the two it is, unless the tag is demanded of both.
   */
  private List<Permission> making(CallContext call) throws BackendFailure {
    Permission stamped =
        ask(
            making(
                (kms, limits) ->
                    kms.createKey(
                        r ->
                            r.policy("{}")
                                .tags(KmsTags.tag(KmsTags.STAMP, environment.name()))
                                .overrideConfiguration(limits))),
            call);
    Permission making =
        stamped.grant() != Grant.MISSING
            ? stamped
            : ask(
                making(
                    (kms, limits) ->
                        kms.createKey(r -> r.policy("{}").overrideConfiguration(limits))),
                call);
    return List.of(
        making,
        new Permission(
            KmsOperation.TAG_RESOURCE.permission(),
            KmsProbes.CREATING,
            stamped.grant(),
            stamped.reason(),
            fix(KmsOperation.TAG_RESOURCE)));
  }

  private static Probe making(Request<?> request) {
    return new Probe(
        KmsOperation.CREATE_KEY,
        KmsProbes.CREATING,
        Set.of("MalformedPolicyDocumentException"),
        request);
  }

  /**
   * Asks for the aliases.
   *
   * @param made is given the keys that Enclave made
   */
  private Permission listing(List<Made> made, CallContext call) throws BackendFailure {
    Optional<String> marker = Optional.empty();
    for (int i = 0; i < MOST_PAGES; i++) {
      Optional<String> from = marker;
      ListAliasesResponse[] page = new ListAliasesResponse[1];
      Permission answer =
          ask(
              new Probe(
                  KmsOperation.LIST_ALIASES,
                  LISTING,
                  Set.of(),
                  (kms, limits) ->
                      page[0] =
                          kms.listAliases(
                              r -> r.marker(from.orElse(null)).overrideConfiguration(limits))),
              call);
      if (page[0] == null) {
        return answer;
      }
      for (AliasListEntry entry : page[0].aliases()) {
        requireThisAccount(entry);
        if (KmsAliases.keyOf(entry.aliasName()).isPresent()
            && KmsArns.isKeyId(entry.targetKeyId())) {
          made.add(new Made(entry.aliasName(), entry.targetKeyId()));
        }
      }
      marker = Optional.ofNullable(page[0].nextMarker());
      if (!made.isEmpty() || marker.isEmpty()) {
        return answer;
      }
    }
    return permission(KmsOperation.LIST_ALIASES, LISTING, true);
  }

  /** Where STS was not asked, the account is the operator's word. */
  private void requireThisAccount(AliasListEntry entry) throws BackendFailure {
    Matcher arn = ALIAS_ARN.matcher(entry.aliasArn() == null ? "" : entry.aliasArn());
    if (arn.matches()
        && !(arn.group(1).equals(session.region()) && arn.group(2).equals(session.account()))) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "AWS KMS answers for account "
              + arn.group(2)
              + " in region "
              + arn.group(1)
              + ", and this backend is for account "
              + session.account()
              + " in region "
              + session.region()
              + ". Correct enclave.aws-kms.account-id, or use credentials of that account.");
    }
  }

  /** The key that was read last, else one that is enabled, else any. */
  private Optional<Made> chosen(List<Made> all, CallContext call) throws BackendFailure {
    Optional<String> last = lastToSign.get().flatMap(usable -> KmsArns.keyId(usable.uri()));
    Optional<Made> read = all.stream().filter(m -> last.equals(Optional.of(m.keyId()))).findFirst();
    if (read.isPresent()) {
      return read;
    }
    for (Made made : all.subList(0, Math.min(all.size(), MOST_TRIED))) {
      KeyState[] state = new KeyState[1];
      calls.refusal(
          KmsOperation.DESCRIBE_KEY,
          SUBJECT,
          call,
          (kms, limits) -> {
            var answer = kms.describeKey(r -> r.keyId(made.keyId()).overrideConfiguration(limits));
            state[0] = answer.keyMetadata().keyState();
            return answer;
          });
      if (state[0] == KeyState.ENABLED) {
        return Optional.of(made);
      }
    }
    return all.stream().findFirst();
  }

  private List<Permission> about(Optional<String> key, List<Probe> probes, CallContext call)
      throws BackendFailure {
    List<Permission> answers = new ArrayList<>();
    for (Probe probe : probes) {
      answers.add(key.isPresent() ? ask(probe, call) : withoutKey(probe));
    }
    return answers;
  }

  private Permission withoutKey(Probe probe) {
    return Permission.unknown(
        probe.operation().permission(),
        probe.neededFor(),
        "AWS KMS tells it of a key that is there, and no key of Enclave's was found in account "
            + session.account()
            + " and region "
            + session.region(),
        "Create a key, and ask again; if there are keys, check account and region");
  }

  private Permission ask(Probe probe, CallContext call) throws BackendFailure {
    KmsOperation operation = probe.operation();
    String neededFor = probe.neededFor();
    Optional<AwsServiceException> refusal =
        calls.refusal(operation, SUBJECT, call, probe.request());
    if (refusal.isEmpty() || KmsCalls.isDryRun(refusal.get())) {
      return permission(operation, neededFor, true);
    }
    if (denied(refusal.get())) {
      return permission(operation, neededFor, false);
    }
    if (probe.proof().contains(AwsFailures.errorCode(refusal.get()))) {
      return permission(operation, neededFor, true);
    }
    BackendFailure failure = calls.failure(operation, SUBJECT, refusal.get(), call);
    if (failure.failureClass() != FailureClass.PERMANENT
        || failure.code() == FailureCode.ACCESS_DENIED) {
      // It says nothing of one permission: who asks is not known, or nobody was heard.
      throw failure;
    }
    return Permission.unknown(
        operation.permission(),
        neededFor,
        failure.getMessage(),
        "Look at the state of that key, or create another, and ask again");
  }

  private static Permission permission(KmsOperation operation, String neededFor, boolean granted) {
    return Permission.of(operation.permission(), neededFor, granted, fix(operation));
  }

  private static String fix(KmsOperation operation) {
    return "Allow " + operation.permission() + " in the role's policy; doctor --iam prints all";
  }

  /** That a policy refuses it, and not that who asks is unknown. */
  static boolean denied(AwsServiceException refusal) {
    return AwsFailures.errorCode(refusal).equals("AccessDeniedException");
  }
}
