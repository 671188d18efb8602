package dev.enclave.core.internal.resolve;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.policy.PolicyMatrix;
import dev.enclave.core.internal.policy.PolicyMatrix.Configured;
import dev.enclave.core.internal.policy.PolicyMatrix.Detected;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.detection.Detection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Chooses the backend for new keys: a pure function that explains itself. */
public final class Resolver {

  /** The order in which backends are tried unless configured. */
  public static final List<BackendId> DEFAULT_PRECEDENCE =
      List.of(
          BackendId.AWS_KMS,
          BackendId.AZURE_KEYVAULT,
          BackendId.GCP_KMS,
          BackendId.VAULT,
          BackendId.PKCS11,
          BackendId.KUBERNETES,
          BackendId.OS,
          BackendId.SOFTWARE);

  private static final Set<BackendId> CLOUDS =
      Set.of(BackendId.AWS_KMS, BackendId.AZURE_KEYVAULT, BackendId.GCP_KMS);

  private Resolver() {}

  /**
   * A backend that could be chosen.
   *
   * @param ceiling the best assurance it can give
   * @param detection what it says about this place
   * @param configured whether anything of its own is configured
   */
  public record Candidate(
      BackendId id, Assurance ceiling, Detection detection, boolean configured) {}

  /**
   * Everything the choice depends on.
   *
   * @param candidates the backends on the class path
   * @param explicit the configured backend, which is final
   * @param precedence the configured order, which then is the whole list
   * @param environmentDeclared whether configuration names the environment type
   * @param acknowledged whether configuration acknowledges reduced security
   */
  public record Question(
      List<Candidate> candidates,
      Optional<BackendId> explicit,
      Optional<List<BackendId>> precedence,
      SecurityPolicy policy,
      boolean environmentDeclared,
      boolean acknowledged) {}

  /** The choice, or why there is none. */
  public sealed interface Answer {

    /** A backend was chosen. */
    record Chosen(Resolution resolution) implements Answer {}

    /**
     * No backend may be used.
     *
     * @param rejections every backend considered and why not
     * @param findings the same with what to do, for the report
     */
    record Refused(List<Resolution.Rejection> rejections, List<Finding> findings)
        implements Answer {}
  }

  /** Chooses. */
  public static Answer resolve(Question question) {
    if (question.candidates().isEmpty()) {
      return new Answer.Refused(List.of(), List.of(Texts.NO_PROVIDER.error(ErrorCode.NO_BACKEND)));
    }
    return question.explicit().isPresent()
        ? explicitly(question, question.explicit().get())
        : byPrecedence(question);
  }

  private static Answer explicitly(Question question, BackendId id) {
    List<Resolution.Rejection> others =
        ranked(question).stream()
            .filter(other -> !other.equals(id))
            .map(other -> new Resolution.Rejection(other, Texts.ANOTHER_NAMED.with(id)))
            .toList();
    Optional<Finding> objection =
        candidate(question, id)
            .map(found -> objection(question, found, true))
            .orElseGet(() -> Optional.of(missing(question, id)));
    if (objection.isEmpty()) {
      return new Answer.Chosen(new Resolution(id, Texts.NAMED_IN_SETTING.with(), others));
    }
    List<Resolution.Rejection> all = new ArrayList<>();
    all.add(new Resolution.Rejection(id, objection.get().observed()));
    all.addAll(others);
    return new Answer.Refused(all, List.of(objection.get()));
  }

  private static Answer byPrecedence(Question question) {
    List<Resolution.Rejection> rejections = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    Optional<BackendId> chosen = Optional.empty();
    for (BackendId id : order(question)) {
      if (chosen.isPresent()) {
        rejections.add(new Resolution.Rejection(id, Texts.ANOTHER_BEFORE.with(chosen.get())));
        continue;
      }
      Optional<Finding> objection =
          candidate(question, id)
              .map(found -> objection(question, found, false))
              .orElseGet(() -> Optional.of(missing(question, id)));
      if (objection.isEmpty()) {
        chosen = Optional.of(id);
      } else {
        rejections.add(new Resolution.Rejection(id, objection.get().observed()));
        findings.add(objection.get());
      }
    }
    List<BackendId> considered = order(question);
    for (BackendId id : ranked(question)) {
      if (!considered.contains(id)) {
        rejections.add(new Resolution.Rejection(id, Texts.OMITTED.with()));
        if (candidate(question, id).flatMap(c -> objection(question, c, false)).isEmpty()) {
          // Told where nothing else may be used: the one that might be is there.
          findings.add(Texts.OMITTED_AND_USABLE.error(ErrorCode.NO_BACKEND, id));
        }
      }
    }
    return chosen
        .<Answer>map(
            id ->
                new Answer.Chosen(new Resolution(id, Texts.FIRST_IN_PRECEDENCE.with(), rejections)))
        .orElseGet(() -> new Answer.Refused(rejections, findings));
  }

  private static List<BackendId> order(Question question) {
    if (question.precedence().isPresent()) {
      // A backend named twice is considered once, where it is named first.
      return question.precedence().get().stream().distinct().toList();
    }
    return ranked(question);
  }

  private static List<BackendId> ranked(Question question) {
    return question.candidates().stream()
        .sorted(
            Comparator.comparingInt(Resolver::group)
                .thenComparing(Candidate::configured, Comparator.reverseOrder())
                .thenComparingInt(Resolver::rank)
                .thenComparing(Candidate::ceiling, Comparator.reverseOrder())
                .thenComparing(Candidate::id))
        .map(Candidate::id)
        .toList();
  }

  /**
   * Of two clouds in one place, such as a pod of one that federates into another: as configured.
   */
  private static int group(Candidate candidate) {
    return CLOUDS.contains(candidate.id()) ? -1 : rank(candidate);
  }

  private static int rank(Candidate candidate) {
    int position = DEFAULT_PRECEDENCE.indexOf(candidate.id());
    // A backend of somebody's own comes before the software backend, which is the last resort.
    return position < 0 ? DEFAULT_PRECEDENCE.indexOf(BackendId.SOFTWARE) * 2 - 1 : position * 2;
  }

  private static Optional<Candidate> candidate(Question question, BackendId id) {
    return question.candidates().stream().filter(c -> c.id().equals(id)).findFirst();
  }

  private static Finding missing(Question question, BackendId id) {
    return Texts.NO_PROVIDER_OF.error(
        ErrorCode.BACKEND_NOT_FOUND,
        id,
        question.candidates().stream().map(c -> c.id().value()).sorted().toList());
  }

  private static Optional<Finding> objection(
      Question question, Candidate candidate, boolean explicit) {
    SecurityPolicy policy = question.policy();
    BackendId id = candidate.id();
    PolicyMatrix.Verdict verdict = verdict(question, candidate, explicit);
    // Allowing what is too weak would be of no use, so that comes first.
    if (verdict != PolicyMatrix.Verdict.TOO_WEAK && !policy.allows(id)) {
      return Optional.of(Texts.NOT_AMONG_BACKENDS.error(ErrorCode.BACKEND_NOT_ALLOWED, id));
    }
    return switch (verdict) {
      case USABLE, REDUCED -> Optional.empty();
      case TOO_WEAK ->
          Optional.of(
              Texts.TOO_WEAK.error(
                  ErrorCode.ASSURANCE_TOO_LOW,
                  id,
                  candidate.ceiling(),
                  policy.environment(),
                  policy.minimumAssurance(),
                  strengthen(question, candidate.ceiling())));
      case UNDECLARED ->
          Optional.of(
              Texts.NEEDS_ENVIRONMENT.error(
                  ErrorCode.ENVIRONMENT_UNDECLARED, id, candidate.ceiling()));
      case UNACKNOWLEDGED ->
          Optional.of(
              Texts.NEEDS_ACKNOWLEDGEMENT.error(
                  ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED, id, candidate.ceiling()));
      case NOT_HERE ->
          Optional.of(
              Texts.NOT_USABLE_HERE.error(ErrorCode.NO_BACKEND, id, reason(candidate.detection())));
    };
  }

  private static String strengthen(Question question, Assurance ceiling) {
    SecurityPolicy policy = question.policy();
    List<String> strongEnough =
        question.candidates().stream()
            .filter(c -> c.ceiling().atLeast(policy.minimumAssurance()) && policy.allows(c.id()))
            .map(c -> c.id().value())
            .sorted()
            .toList();
    String stronger =
        strongEnough.isEmpty()
            ? Texts.ADD_A_STRONGER_ONE.with(policy.minimumAssurance())
            : Texts.USE_A_STRONGER_ONE.with(policy.minimumAssurance(), strongEnough);
    return ceiling.atLeast(PolicyMatrix.lowest(policy.environment()))
        ? Texts.OR_ACCEPT_LESS.with(stronger, Configuration.spelled(ceiling))
        : stronger;
  }

  private static PolicyMatrix.Verdict verdict(
      Question question, Candidate candidate, boolean explicit) {
    return PolicyMatrix.verdict(
        new PolicyMatrix.Case(
            question.policy().environment(),
            question.environmentDeclared(),
            question.acknowledged(),
            question.policy().minimumAssurance(),
            candidate.ceiling(),
            explicit ? Configured.EXPLICITLY : Configured.BY_ORDER,
            Detected.of(candidate.detection())));
  }

  private static String reason(Detection detection) {
    if (detection instanceof Detection.Absent absent) {
      return ForeignText.of(absent.reason());
    }
    return detection instanceof Detection.Inconclusive inconclusive
        ? Texts.INCONCLUSIVE.with(ForeignText.of(inconclusive.reason()))
        : "present";
  }
}
