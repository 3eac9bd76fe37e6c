import { describeSubject } from './runners/describe-subject.ts';

describeSubject('nftables VIP');
