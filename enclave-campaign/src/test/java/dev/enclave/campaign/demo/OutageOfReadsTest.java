package dev.enclave.campaign.demo;

import dev.enclave.campaign.OutageOfReadsCampaign;

class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new KeyhouseUnderTest());
  }
}
