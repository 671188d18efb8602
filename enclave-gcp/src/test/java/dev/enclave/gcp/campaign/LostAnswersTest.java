package dev.enclave.gcp.campaign;

import dev.enclave.campaign.LostAnswersCampaign;

class LostAnswersTest extends LostAnswersCampaign {

  LostAnswersTest() {
    super(new GcpUnderTest());
  }
}
