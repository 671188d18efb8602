package dev.enclave.aws.internal;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/**
 * Runs where Docker answers and has LocalStack's image or can pull it. Elsewhere one line says that
 * it did not, in CI too, where there need be no Docker.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsLocalStack.InDocker.class)
@interface NeedsLocalStack {

  /** Asks Docker. */
  final class InDocker implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (context.getTestMethod().isPresent()) {
        return ConditionEvaluationResult.enabled("the class was");
      }
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return notRun(context, "needs Docker, and none answers that can run Testcontainers");
      }
      return has(DockerClientFactory.instance().client())
          ? ConditionEvaluationResult.enabled("Docker has the image")
          : notRun(context, "needs the image " + LocalStack.IMAGE + ", which Docker cannot pull");
    }

    /** Testcontainers itself would try to pull for two minutes, and then fail. */
    private static boolean has(DockerClient docker) {
      String image = LocalStack.IMAGE.asCanonicalNameString();
      try {
        docker.inspectImageCmd(image).exec();
        return true;
      } catch (NotFoundException absent) {
        return pulled(docker, image);
      }
    }

    private static boolean pulled(DockerClient docker, String image) {
      try {
        return docker.pullImageCmd(image).start().awaitCompletion(10, TimeUnit.MINUTES);
      } catch (DockerException | DockerClientException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    private static ConditionEvaluationResult notRun(ExtensionContext context, String reason) {
      String line = "NOT RUN: " + context.getDisplayName() + " " + reason;
      System.out.println(line);
      return ConditionEvaluationResult.disabled(line);
    }
  }
}
