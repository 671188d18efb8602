package dev.enclave.core.internal.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.resolve.Resolver.Candidate;
import dev.enclave.core.internal.resolve.Resolver.Question;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.spi.detection.Detection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every question there is. */
final class ResolverPropertyTest {

  private static final List<BackendId> IDS =
      List.of(
          BackendId.AWS_KMS,
          BackendId.GCP_KMS,
          BackendId.KUBERNETES,
          BackendId.OS,
          BackendId.SOFTWARE,
          BackendId.of("acme"));

  @Property(tries = 5000)
  void everyBackendNotChosenHasExactlyOneReason(@ForAll("questions") Question question) {
    Answer answer = Resolver.resolve(question);

    List<Resolution.Rejection> rejections = rejections(answer);
    Set<BackendId> expected = new HashSet<>();
    if (!question.candidates().isEmpty()) {
      question.candidates().forEach(c -> expected.add(c.id()));
      question.explicit().ifPresent(expected::add);
      if (question.explicit().isEmpty()) {
        question.precedence().ifPresent(expected::addAll);
      }
    }
    if (answer instanceof Answer.Chosen chosen) {
      expected.remove(chosen.resolution().chosen());
    }
    assertThat(rejections).extracting(Resolution.Rejection::backend).doesNotHaveDuplicates();
    assertThat(rejections)
        .extracting(Resolution.Rejection::backend)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(rejections).allMatch(r -> !r.reason().isBlank());
  }

  @Property(tries = 5000)
  void whatIsChosenIsWhatTheRulesAllow(@ForAll("questions") Question question) {
    if (Resolver.resolve(question) instanceof Answer.Chosen chosen) {
      BackendId id = chosen.resolution().chosen();
      Candidate candidate = candidate(question, id).orElseThrow();

      assertThat(question.policy().allows(id)).isTrue();
      assertThat(candidate.ceiling().atLeast(question.policy().minimumAssurance())).isTrue();
      assertThat(question.environmentDeclared() || candidate.ceiling().atLeast(Assurance.OS_SEALED))
          .isTrue();
      assertThat(
              question.explicit().isPresent() || candidate.detection() instanceof Detection.Present)
          .isTrue();
      question.explicit().ifPresent(named -> assertThat(id).isEqualTo(named));
      if (question.explicit().isEmpty()) {
        question.precedence().ifPresent(order -> assertThat(order).contains(id));
      }
    }
  }

  @Property(tries = 5000)
  void nothingIsRefusedThatTheRulesAllow(@ForAll("questions") Question question) {
    if (Resolver.resolve(question) instanceof Answer.Refused refused) {
      assertThat(refused.findings()).isNotEmpty();
      assertThat(question.candidates())
          .filteredOn(c -> reachable(question, c.id()))
          .noneMatch(c -> allowed(question, c));
    }
  }

  @Property(tries = 2000)
  void theOrderOfTheCandidatesDoesNotMatter(
      @ForAll("questions") Question question, @ForAll Random random) {
    List<Candidate> shuffled = new ArrayList<>(question.candidates());
    Collections.shuffle(shuffled, random);

    assertThat(
            Resolver.resolve(
                new Question(
                    shuffled,
                    question.explicit(),
                    question.precedence(),
                    question.policy(),
                    question.environmentDeclared(),
                    question.acknowledged())))
        .isEqualTo(Resolver.resolve(question));
  }

  private static boolean reachable(Question question, BackendId id) {
    return question.explicit().isPresent()
        ? question.explicit().get().equals(id)
        : question.precedence().map(order -> order.contains(id)).orElse(true);
  }

  private static boolean allowed(Question question, Candidate candidate) {
    return question.policy().allows(candidate.id())
        && candidate.ceiling().atLeast(question.policy().minimumAssurance())
        && (question.environmentDeclared() || candidate.ceiling() != Assurance.SOFTWARE)
        && ((question.acknowledged() && question.environmentDeclared())
            || candidate.ceiling() != Assurance.PLAINTEXT)
        && (question.explicit().isPresent() || candidate.detection() instanceof Detection.Present);
  }

  private static Optional<Candidate> candidate(Question question, BackendId id) {
    return question.candidates().stream().filter(c -> c.id().equals(id)).findFirst();
  }

  private static List<Resolution.Rejection> rejections(Answer answer) {
    return answer instanceof Answer.Chosen chosen
        ? chosen.resolution().rejected()
        : ((Answer.Refused) answer).rejections();
  }

  @Provide
  static Arbitrary<Question> questions() {
    Arbitrary<Detection> detections =
        Arbitraries.of(
            Detection.present("x"), new Detection.Absent("y"), new Detection.Inconclusive("z"));
    Arbitrary<List<Candidate>> candidates =
        Combinators.combine(
                Arbitraries.of(IDS),
                Arbitraries.of(Assurance.class),
                detections,
                Arbitraries.of(true, false))
            .as(Candidate::new)
            .list()
            .uniqueElements(Candidate::id)
            .ofMaxSize(IDS.size());
    Arbitrary<SecurityPolicy> policies =
        Combinators.combine(
                Arbitraries.of(EnvironmentType.class),
                Arbitraries.of(IDS).set().injectNull(0.6).map(Optional::ofNullable))
            .as(ResolverPropertyTest::policy);
    return Combinators.combine(
            candidates,
            Arbitraries.of(IDS).optional(0.4),
            Arbitraries.of(IDS).list().ofMinSize(1).ofMaxSize(8).optional(0.5),
            policies,
            Arbitraries.of(true, false),
            Arbitraries.of(true, false))
        .as(Question::new);
  }

  private static SecurityPolicy policy(EnvironmentType type, Optional<Set<BackendId>> allowed) {
    SecurityPolicy defaults = SecurityPolicy.defaultsFor(type);
    return allowed
        .map(ids -> defaults.withBackends(ids.stream().collect(Collectors.toSet())))
        .orElse(defaults);
  }
}
