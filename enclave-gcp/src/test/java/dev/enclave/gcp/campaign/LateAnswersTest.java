package dev.enclave.gcp.campaign;

import dev.enclave.campaign.LateAnswersCampaign;

final class LateAnswersTest extends LateAnswersCampaign {

  LateAnswersTest() {
    super(new GcpUnderTest());
  }
}
