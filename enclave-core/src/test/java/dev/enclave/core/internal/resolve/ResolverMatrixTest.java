package dev.enclave.core.internal.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.resolve.Resolver.Candidate;
import dev.enclave.core.internal.resolve.Resolver.Question;
import dev.enclave.spi.detection.Detection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The whole choice for every environment type, declared or not, every minimum that may be set, each
 * assurance and detection of two backends, and each way to configure which.
 */
final class ResolverMatrixTest {

  private static final BackendId FIRST = BackendId.AWS_KMS;
  private static final BackendId SECOND = BackendId.SOFTWARE;

  private static final List<Detection> DETECTIONS =
      List.of(Detection.present("x"), new Detection.Absent("y"), new Detection.Inconclusive("z"));

  /** How a deployment may say which backend. */
  private record Way(Optional<BackendId> explicit, Optional<List<BackendId>> precedence) {}

  private static final List<Way> WAYS =
      List.of(
          new Way(Optional.empty(), Optional.empty()),
          new Way(Optional.of(FIRST), Optional.empty()),
          new Way(Optional.of(SECOND), Optional.empty()),
          new Way(Optional.of(BackendId.OS), Optional.empty()),
          new Way(Optional.of(SECOND), Optional.of(List.of(FIRST))),
          new Way(Optional.empty(), Optional.of(List.of(FIRST))),
          new Way(Optional.empty(), Optional.of(List.of(SECOND, FIRST))),
          new Way(Optional.empty(), Optional.of(List.of(BackendId.OS))));

  private static List<Question> questions() {
    List<Question> questions = new ArrayList<>();
    for (EnvironmentType environment : EnvironmentType.values()) {
      for (Assurance minimum : Assurance.values()) {
        if (!minimum.atLeast(SecurityPolicy.lowestAssurance(environment))) {
          continue;
        }
        SecurityPolicy policy =
            SecurityPolicy.defaultsFor(environment).withMinimumAssurance(minimum);
        for (List<Candidate> candidates : candidates()) {
          for (Way way : WAYS) {
            for (boolean declared : new boolean[] {true, false}) {
              for (boolean acknowledged : new boolean[] {true, false}) {
                questions.add(
                    new Question(
                        candidates,
                        way.explicit(),
                        way.precedence(),
                        policy,
                        declared,
                        acknowledged));
              }
            }
          }
        }
      }
    }
    return questions;
  }

  private static List<List<Candidate>> candidates() {
    List<List<Candidate>> all = new ArrayList<>();
    all.add(List.of());
    for (Assurance first : Assurance.values()) {
      for (Detection firstHere : DETECTIONS) {
        all.add(List.of(new Candidate(FIRST, first, firstHere, false)));
        for (Assurance second : Assurance.values()) {
          for (Detection secondHere : DETECTIONS) {
            all.add(
                List.of(
                    new Candidate(FIRST, first, firstHere, false),
                    new Candidate(SECOND, second, secondHere, false)));
          }
        }
      }
    }
    return all;
  }

  @Test
  void noChoiceEverBreaksARule() {
    int chosen = 0;
    List<Question> questions = questions();
    for (Question question : questions) {
      if (Resolver.resolve(question) instanceof Answer.Chosen answer) {
        chosen++;
        requireRules(question, answer.resolution().chosen());
      }
    }
    assertThat(questions).hasSizeGreaterThan(90_000);
    assertThat(chosen).isGreaterThan(10_000);
  }

  private static void requireRules(Question question, BackendId id) {
    Candidate candidate =
        question.candidates().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
    Assurance ceiling = candidate.ceiling();
    EnvironmentType environment = question.policy().environment();
    String asked = question.toString();
    if (environment == EnvironmentType.PRODUCTION) {
      assertThat(ceiling).as(asked).isGreaterThanOrEqualTo(Assurance.HSM_WRAPPED);
    }
    if (!question.environmentDeclared()) {
      assertThat(ceiling).as(asked).isGreaterThan(Assurance.SOFTWARE);
    }
    if (!question.acknowledged()) {
      assertThat(ceiling).as(asked).isGreaterThan(Assurance.PLAINTEXT);
    }
    assertThat(ceiling).as(asked).isGreaterThanOrEqualTo(question.policy().minimumAssurance());
    if (question.explicit().isPresent()) {
      assertThat(id)
          .as("an explicit choice is final: " + asked)
          .isEqualTo(question.explicit().get());
    } else {
      assertThat(candidate.detection()).as(asked).isInstanceOf(Detection.Present.class);
      assertThat(question.precedence().map(order -> order.contains(id)).orElse(true))
          .as(asked)
          .isTrue();
    }
  }

  @Test
  void aRefusalAlwaysSaysWhyAndWhatToDo() {
    assertThat(questions())
        .allSatisfy(
            question -> {
              if (Resolver.resolve(question) instanceof Answer.Refused refused) {
                assertThat(refused.findings()).isNotEmpty();
                assertThat(refused.findings())
                    .allMatch(f -> !f.observed().isBlank() && !f.fix().isBlank());
              }
            });
  }

  @Test
  void anExplicitChoiceThatFailsIsFinal_howeverGoodTheOthersAre() {
    Candidate good = new Candidate(FIRST, Assurance.HSM, Detection.present("x"), false);
    Candidate weak = new Candidate(SECOND, Assurance.SOFTWARE, Detection.present("x"), false);
    Question question =
        new Question(
            List.of(good, weak),
            Optional.of(SECOND),
            Optional.of(List.of(FIRST, SECOND)),
            SecurityPolicy.defaultsFor(EnvironmentType.PRODUCTION),
            true,
            false);
    assertThat(Resolver.resolve(question)).isInstanceOf(Answer.Refused.class);
  }
}
