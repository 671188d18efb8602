package dev.enclave.azure.campaign;

import dev.enclave.campaign.LateAnswersCampaign;
import org.junit.jupiter.api.Test;

final class LateAnswersTest extends LateAnswersCampaign {

  LateAnswersTest() {
    super(new AzureUnderTest());
  }

  @Test
  void waitingForATokenEndsByTheDeadline() throws Exception {
    requireTokensInTime("Token");
  }
}
