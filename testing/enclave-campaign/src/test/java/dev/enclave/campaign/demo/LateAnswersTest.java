package dev.enclave.campaign.demo;

import dev.enclave.campaign.LateAnswersCampaign;
import org.junit.jupiter.api.Test;

class LateAnswersTest extends LateAnswersCampaign {

  LateAnswersTest() {
    super(new KeyhouseUnderTest());
  }

  @Test
  void waitingForATokenEndsByTheDeadline() throws Exception {
    requireTokensInTime("IssueToken");
  }
}
