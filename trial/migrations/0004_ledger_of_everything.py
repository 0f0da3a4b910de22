import django.db.models.deletion
import django.db.models.functions.datetime
import trial.acting
import trial.fields
import trial.history
import trial.migration_operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('knox', '0009_extend_authtoken_field'),
        ('trial', '0003_review'),
    ]

    operations = [
        trial.migration_operations.CreatedTogether(
            operations=[migrations.CreateModel(
                name='Mail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('to', models.EmailField(max_length=254)),
                    ('subject', models.CharField(max_length=150)),
                    ('body', models.TextField()),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                    ('failed', models.TextField(blank=True, default='')),
                ],
                options={
                    'ordering': ['pk'],
                    'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['id'], name='mail_waiting')],
                },
            ), migrations.CreateModel(
                name='Redaction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('decided_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('signatures', models.JSONField(default=dict)),
                    ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='done', to='trial.redactionrequest')),
                ],
                options={
                    'constraints': [trial.history.AppendOnly(digest='68ded7db', name='redaction_append_only', only_by_trigger=False), trial.history.Erases(digest='572db63a', name='redaction_erases'), trial.history.EntersLedgerOnInsert(by='new.decided_by_id', digest='46ecfb1e', digested=[], form='trial.redaction', name='redaction_enters_ledger', omitted=[], place={'record': '(select record from trial_redactionrequest where id = new.request_id)', 'site': '(select site_id from trial_redactionrequest where id = new.request_id)', 'subject': '(select subject_id from trial_redactionrequest where id = new.request_id)', 'visit': '(select null::bigint from trial_redactionrequest where id = new.request_id)'}, reason="''")],
                },
            ), migrations.CreateModel(
                name='RedactionRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('form', models.CharField(max_length=60)),
                    ('record', models.BigIntegerField()),
                    ('row', models.BigIntegerField()),
                    ('item', models.CharField(max_length=60)),
                    ('through_version', models.PositiveIntegerField()),
                    ('justification', models.CharField(max_length=500, validators=[trial.fields.without_identifiers])),
                    ('requested_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('site', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.site')),
                    ('subject', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.subject')),
                ],
                options={
                    'constraints': [trial.history.AppendOnly(digest='68ded7db', name='redaction_request_append_only', only_by_trigger=False), trial.history.EntersLedgerOnInsert(by='new.requested_by_id', digest='46ecfb1e', digested=[], form='trial.redactionrequest', name='redaction_request_enters_ledger', omitted=[], place={'record': 'new.record', 'site': 'new.site_id', 'subject': 'new.subject_id', 'visit': 'null'}, reason="''")],
                },
            ), migrations.CreateModel(
                name='SystemEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ('kind', models.CharField(max_length=40)),
                    ('detail', models.JSONField(db_default={}, default=dict)),
                    ('key', models.TextField(blank=True, db_default='', default='')),
                    ('about', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('site', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.site')),
                ],
                options={
                    'ordering': ['pk'],
                    'indexes': [models.Index(fields=['kind', 'at'], name='events_of_a_kind')],
                    'constraints': [trial.history.AppendOnly(digest='68ded7db', name='event_append_only', only_by_trigger=False), trial.history.EntersLedgerOnInsert(by='new.by_id', digest='46ecfb1e', digested=[], form='trial.systemevent', name='event_enters_ledger', omitted=[], place={'record': 'new.id', 'site': 'new.site_id', 'subject': 'null', 'visit': 'null'}, reason="''"), trial.history.Watches(about='new.id', by='null', digest='748db2bf', digested=['password'], ended='removed', key='new.id::text', kind='account', made='made', name='watches_accounts', never_deleted=True, omitted=['last_login'], watched='auth_user'), trial.history.Watches(about='new.user_id', by='null', digest='748db2bf', digested=[], ended='taken', key='new.id::text', kind='group of account', made='given', name='watches_groups_of_accounts', never_deleted=False, omitted=[], watched='auth_user_groups'), trial.history.Watches(about='new.user_id', by='null', digest='748db2bf', digested=[], ended='taken', key='new.id::text', kind='permission of account', made='given', name='watches_permissions', never_deleted=False, omitted=[], watched='auth_user_user_permissions'), trial.history.Watches(about='null', by='null', digest='748db2bf', digested=[], ended='removed', key='new.id::text', kind='group', made='made', name='watches_groups', never_deleted=False, omitted=[], watched='auth_group'), trial.history.Watches(about='null', by='null', digest='748db2bf', digested=[], ended='removed', key='new.id::text', kind='permission of group', made='made', name='watches_permissions_of_groups', never_deleted=False, omitted=[], watched='auth_group_permissions'), trial.history.Watches(about='new.user_id', by='new.user_id', digest='748db2bf', digested=[], ended='revoked', key='left(new.digest, 16)', kind='token', made='issued', name='watches_tokens', never_deleted=False, omitted=['token_key', 'digest'], watched='knox_authtoken')],
                },
            ), migrations.RemoveConstraint(
                model_name='consentversion',
                name='trial_consentversion_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='freeze',
                name='freeze_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalconsentversion',
                name='trial_historicalconsentversion_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalconsentversion',
                name='trial_historicalconsentversion_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalmembership',
                name='trial_historicalmembership_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalmembership',
                name='trial_historicalmembership_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalparameterdecision',
                name='trial_historicalparameterdecision_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalparameterdecision',
                name='trial_historicalparameterdecision_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalreferencerange',
                name='trial_historicalreferencerange_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalreferencerange',
                name='trial_historicalreferencerange_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalsite',
                name='trial_historicalsite_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalsite',
                name='trial_historicalsite_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalsitestatus',
                name='trial_historicalsitestatus_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalsitestatus',
                name='trial_historicalsitestatus_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalstudy',
                name='trial_historicalstudy_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalstudy',
                name='trial_historicalstudy_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalsubject',
                name='trial_historicalsubject_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalsubject',
                name='trial_historicalsubject_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='historicalvisit',
                name='trial_historicalvisit_append_only',
            ), migrations.RemoveConstraint(
                model_name='historicalvisit',
                name='trial_historicalvisit_enters_ledger',
            ), migrations.RemoveConstraint(
                model_name='ledger',
                name='ledger_append_only',
            ), migrations.RemoveConstraint(
                model_name='membership',
                name='trial_membership_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='parameterdecision',
                name='trial_parameterdecision_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='query',
                name='query_append_only',
            ), migrations.RemoveConstraint(
                model_name='queryact',
                name='query_act_append_only',
            ), migrations.RemoveConstraint(
                model_name='referencerange',
                name='trial_referencerange_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='signature',
                name='signature_append_only',
            ), migrations.RemoveConstraint(
                model_name='site',
                name='trial_site_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='sitestatus',
                name='trial_sitestatus_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='study',
                name='trial_study_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='studylock',
                name='study_lock_append_only',
            ), migrations.RemoveConstraint(
                model_name='subject',
                name='trial_subject_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='verification',
                name='verification_append_only',
            ), migrations.RemoveConstraint(
                model_name='visit',
                name='trial_visit_keeps_history',
            ), migrations.AddField(
                model_name='ledger',
                name='salts',
                field=models.JSONField(default=dict),
            ), migrations.AddField(
                model_name='ledger',
                name='sealed',
                field=models.JSONField(default=dict),
            ), migrations.AddField(
                model_name='ledger',
                name='written_at',
                field=models.DateTimeField(null=True),
            ), migrations.AlterField(
                model_name='ledger',
                name='by',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ), migrations.AddConstraint(
                model_name='consentversion',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'number', 'language', 'ec_approved_on', 'effective_from', 'effective_to', 'reconsent', 'reconsent_days', 'overlaps'], computed=[], digest='c380e6ee', fixed=[], history='trial_historicalconsentversion', name='trial_consentversion_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='freeze',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='freeze_append_only', only_by_trigger=False),
            ), migrations.AddConstraint(
                model_name='freeze',
                constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='46ecfb1e', digested=[], form='trial.freeze', name='trial_freeze_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', 'subject': '(select subject_id from trial_visit where id = new.visit_id)', 'visit': 'new.visit_id'}, reason='new.reason'),
            ), migrations.AddConstraint(
                model_name='historicalconsentversion',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalconsentversion_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalconsentversion',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.consentversion', name='trial_historicalconsentversion_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalmembership',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalmembership_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalmembership',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.membership', name='trial_historicalmembership_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalparameterdecision',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalparameterdecision_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalparameterdecision',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.parameterdecision', name='trial_historicalparameterdecision_enters_ledger', record='new.id', site='null', subject='null', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalreferencerange',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalreferencerange_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalreferencerange',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.referencerange', name='trial_historicalreferencerange_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalsite',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalsite_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalsite',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.site', name='trial_historicalsite_enters_ledger', record='new.id', site='new.id', subject='null', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalsitestatus',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalsitestatus_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalsitestatus',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.sitestatus', name='trial_historicalsitestatus_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalstudy',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalstudy_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalstudy',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.study', name='trial_historicalstudy_enters_ledger', record='new.id', site='null', subject='null', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalsubject',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalsubject_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalsubject',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.subject', name='trial_historicalsubject_enters_ledger', record='new.id', site='new.site_id', subject='new.id', visit='null'),
            ), migrations.AddConstraint(
                model_name='historicalvisit',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='trial_historicalvisit_append_only', only_by_trigger=True),
            ), migrations.AddConstraint(
                model_name='historicalvisit',
                constraint=trial.history.EntersLedger(digest='9ed3db84', form='trial.visit', name='trial_historicalvisit_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = new.subject_id)', subject='new.subject_id', visit='new.id'),
            ), migrations.AddConstraint(
                model_name='ledger',
                constraint=trial.history.IsLedger(codes=[trial.acting.ChangeReason['ENTRY_ERROR'], trial.acting.ChangeReason['TRANSCRIPTION'], trial.acting.ChangeReason['UNIT_ERROR'], trial.acting.ChangeReason['SOURCE_UPDATED'], trial.acting.ChangeReason['QUERY_RESPONSE'], trial.acting.ChangeReason['LATE_INFORMATION'], trial.acting.ChangeReason['OTHER']], digest='e7da0af8', name='ledger_itself', stock=['change', 'changed', 'changes', 'changedviaadmin', 'changedviaapi', 'changedbyadmin', 'correct', 'corrected', 'correction', 'dataentry', 'edit', 'edited', 'fix', 'fixed', 'modified', 'modify', 'na', 'nil', 'no', 'noreason', 'none', 'notapplicable', 'null', 'ok', 'okay', 'reason', 'seeabove', 'tbd', 'test', 'unknown', 'update', 'updated', 'updates', 'wrong', 'x', 'xx', 'xxx', '更新', '修改', '无'], unsaid='[\\s\\u00a0\\u00ad\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000-\\u303f\\ufeff!-/:-@\\[-`{-~…—·，。；：！？、]+'),
            ), migrations.AddConstraint(
                model_name='membership',
                constraint=trial.history.KeepsHistory(columns=['id', 'user_id', 'site_id', 'role', 'ends_on', 'version'], computed=[], digest='c380e6ee', fixed=['user_id', 'site_id', 'role'], history='trial_historicalmembership', name='trial_membership_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='parameterdecision',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'name', 'value', 'effective_from', 'basis'], computed=[], digest='c380e6ee', fixed=['name'], history='trial_historicalparameterdecision', name='trial_parameterdecision_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='query',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='query_append_only', only_by_trigger=False),
            ), migrations.AddConstraint(
                model_name='queryact',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='query_act_append_only', only_by_trigger=False),
            ), migrations.AddConstraint(
                model_name='queryact',
                constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='46ecfb1e', digested=[], form='trial.queryact', name='trial_queryact_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from trial_query where id = new.query_id)))', 'subject': '(select subject_id from trial_visit where id = (select visit_id from trial_query where id = new.query_id))', 'visit': '(select visit_id from trial_query where id = new.query_id)'}, reason="''"),
            ), migrations.AddConstraint(
                model_name='referencerange',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'laboratory', 'test', 'sex', 'age_from', 'age_to', 'low', 'high', 'unit', 'effective_from', 'effective_to', 'certified_to'], computed=[], digest='c380e6ee', fixed=[], history='trial_historicalreferencerange', name='trial_referencerange_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='signature',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='signature_append_only', only_by_trigger=False),
            ), migrations.AddConstraint(
                model_name='signature',
                constraint=trial.history.EntersLedgerOnInsert(by='new.signed_by_id', digest='46ecfb1e', digested=['content'], form='trial.signature', name='signature_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', 'subject': '(select subject_id from trial_visit where id = new.visit_id)', 'visit': 'new.visit_id'}, reason="''"),
            ), migrations.AddConstraint(
                model_name='site',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'code', 'name', 'country', 'province', 'time_zone', 'radiotherapy', 'ec_approved_on', 'activated_on'], computed=[], digest='c380e6ee', fixed=[], history='trial_historicalsite', name='trial_site_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='sitestatus',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'status', 'since'], computed=[], digest='c380e6ee', fixed=[], history='trial_historicalsitestatus', name='trial_sitestatus_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='study',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'registration', 'randomization_commitment', 'committed_at'], computed=[], digest='c380e6ee', fixed=[], history='trial_historicalstudy', name='trial_study_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='studylock',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='study_lock_append_only', only_by_trigger=False),
            ), migrations.AddConstraint(
                model_name='studylock',
                constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='46ecfb1e', digested=[], form='trial.studylock', name='trial_studylock_enters_ledger', omitted=[], place={'record': 'new.id', 'site': 'null', 'subject': 'null', 'visit': 'null'}, reason='new.reason'),
            ), migrations.AddConstraint(
                model_name='subject',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'code', 'screened_on', 'rescreen_of_id'], computed=[], digest='c380e6ee', fixed=['site_id', 'code'], history='trial_historicalsubject', name='trial_subject_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='verification',
                constraint=trial.history.AppendOnly(digest='68ded7db', name='verification_append_only', only_by_trigger=False),
            ), migrations.AddConstraint(
                model_name='verification',
                constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='46ecfb1e', digested=[], form='trial.verification', name='trial_verification_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', 'subject': '(select subject_id from trial_visit where id = new.visit_id)', 'visit': 'new.visit_id'}, reason="''"),
            ), migrations.AddConstraint(
                model_name='visit',
                constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'subject_id', 'code', 'target_on', 'opens_on', 'closes_on', 'stopped', 'held_on', 'status', 'mode', 'missed_reason', 'unscheduled_reason'], computed=['target_on', 'opens_on', 'closes_on', 'stopped'], digest='c380e6ee', fixed=['subject_id', 'code'], history='trial_historicalvisit', name='trial_visit_keeps_history', part_of=None),
            )],
        ),
    ]
