import django.core.validators
import django.db.models.deletion
import trial.acting
import trial.history
import trial.locking
from django.conf import settings
from django.db import migrations, models

from trial.migration_operations import CreatedTogether


class Migration(migrations.Migration):

    dependencies = [
        ('trial', '0006_second_factors_watched'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreatedTogether([
        migrations.RemoveConstraint(
            model_name='consentversion',
            name='trial_consentversion_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='freeze',
            name='freeze_follows',
        ),
        migrations.RemoveConstraint(
            model_name='freeze',
            name='freeze_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='freeze',
            name='freeze_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='freeze',
            name='trial_freeze_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalconsentversion',
            name='trial_historicalconsentversion_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalconsentversion',
            name='trial_historicalconsentversion_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalmembership',
            name='trial_historicalmembership_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalmembership',
            name='trial_historicalmembership_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalparameterdecision',
            name='trial_historicalparameterdecision_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalparameterdecision',
            name='trial_historicalparameterdecision_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalreferencerange',
            name='trial_historicalreferencerange_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalreferencerange',
            name='trial_historicalreferencerange_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalsite',
            name='trial_historicalsite_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalsite',
            name='trial_historicalsite_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalsitestatus',
            name='trial_historicalsitestatus_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalsitestatus',
            name='trial_historicalsitestatus_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalstudy',
            name='trial_historicalstudy_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalstudy',
            name='trial_historicalstudy_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalsubject',
            name='trial_historicalsubject_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalsubject',
            name='trial_historicalsubject_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalvisit',
            name='trial_historicalvisit_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalvisit',
            name='trial_historicalvisit_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='ledger',
            name='ledger_itself',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='trial_membership_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='parameterdecision',
            name='trial_parameterdecision_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='query',
            name='query_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='query',
            name='query_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='queryact',
            name='query_act_follows',
        ),
        migrations.RemoveConstraint(
            model_name='queryact',
            name='query_act_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='queryact',
            name='query_act_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='queryact',
            name='trial_queryact_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='redaction',
            name='redaction_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='redaction',
            name='redaction_erases',
        ),
        migrations.RemoveConstraint(
            model_name='redaction',
            name='redaction_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='redactionrequest',
            name='redaction_request_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='redactionrequest',
            name='redaction_request_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='referencerange',
            name='trial_referencerange_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='signature_names_its_record',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='signature_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='signature_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='signature_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='site',
            name='trial_site_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='sitestatus',
            name='trial_sitestatus_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='study',
            name='trial_study_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='studylock',
            name='study_lock_follows',
        ),
        migrations.RemoveConstraint(
            model_name='studylock',
            name='study_lock_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='studylock',
            name='trial_studylock_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='subject',
            name='trial_subject_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='subject',
            name='trial_subject_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='event_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='event_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_accounts',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_groups_of_accounts',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_permissions',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_groups',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_permissions_of_groups',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_tokens',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_second_factors',
        ),
        migrations.RemoveConstraint(
            model_name='systemevent',
            name='watches_recovery_codes',
        ),
        migrations.RemoveConstraint(
            model_name='verification',
            name='verification_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='verification',
            name='verification_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='verification',
            name='trial_verification_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='visit',
            name='trial_visit_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='visit',
            name='trial_visit_keeps_history',
        ),
        migrations.AlterField(
            model_name='historicalconsentversion',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalconsentversion',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalconsentversion',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalconsentversion',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.site'),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.site'),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='user',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalparameterdecision',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalparameterdecision',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalparameterdecision',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalreferencerange',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalreferencerange',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalreferencerange',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalreferencerange',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.site'),
        ),
        migrations.AlterField(
            model_name='historicalsite',
            name='code',
            field=models.CharField(max_length=2, validators=[django.core.validators.RegexValidator('^(0[1-9]|[1-9]\\d)$', '01 to 99.')], verbose_name='site number'),
        ),
        migrations.AlterField(
            model_name='historicalsite',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalsite',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalsite',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalsitestatus',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalsitestatus',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalsitestatus',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalsitestatus',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.site'),
        ),
        migrations.AlterField(
            model_name='historicalstudy',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalstudy',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalstudy',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalstudy',
            name='registration',
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name='historicalsubject',
            name='code',
            field=models.CharField(editable=False, max_length=6, validators=[django.core.validators.RegexValidator('^\\d{2}-\\d{3}$')]),
        ),
        migrations.AlterField(
            model_name='historicalsubject',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalsubject',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalsubject',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalsubject',
            name='rescreen_of',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.subject', verbose_name='screened before as'),
        ),
        migrations.AlterField(
            model_name='historicalsubject',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.site'),
        ),
        migrations.AlterField(
            model_name='historicalvisit',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalvisit',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalvisit',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalvisit',
            name='subject',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.subject'),
        ),
        migrations.AlterField(
            model_name='ledger',
            name='by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='ledger',
            name='site',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.site'),
        ),
        migrations.AlterField(
            model_name='ledger',
            name='subject',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.subject'),
        ),
        migrations.AlterField(
            model_name='ledger',
            name='visit',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='redactionrequest',
            name='site',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.site'),
        ),
        migrations.AlterField(
            model_name='redactionrequest',
            name='subject',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.subject'),
        ),
        migrations.AlterField(
            model_name='systemevent',
            name='by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='systemevent',
            name='site',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.site'),
        ),
        migrations.AddConstraint(
            model_name='consentversion',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'number', 'language', 'ec_approved_on', 'effective_from', 'effective_to', 'reconsent', 'reconsent_days', 'overlaps'], computed=[], digest='ea605b55', fixed=[], history='trial_historicalconsentversion', name='trial_consentversion_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='freeze',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='freeze_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='freeze',
            constraint=trial.locking.Follows(apart=[], digest='f336d807', key='visit_id', name='freeze_follows', steps=['>FROZEN', 'FROZEN>OPEN', 'OPEN>FROZEN']),
        ),
        migrations.AddConstraint(
            model_name='freeze',
            constraint=trial.locking.HonorsLocks(digest='54527300', name='freeze_honors_locks', others=[], visit='null'),
        ),
        migrations.AddConstraint(
            model_name='freeze',
            constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='9717f90a', digested=[], form='trial.freeze', name='trial_freeze_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', 'subject': '(select subject_id from trial_visit where id = new.visit_id)', 'visit': 'new.visit_id'}, reason='new.reason'),
        ),
        migrations.AddConstraint(
            model_name='historicalconsentversion',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalconsentversion_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalconsentversion',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'site_id', 'number', 'language', 'ec_approved_on', 'effective_from', 'effective_to', 'reconsent', 'reconsent_days', 'overlaps'], digest='a38717d0', form='trial.consentversion', name='trial_historicalconsentversion_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalmembership',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalmembership_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalmembership',
            constraint=trial.history.EntersLedger(columns=['id', 'user_id', 'site_id', 'role', 'ends_on', 'version'], digest='4d113711', form='trial.membership', name='trial_historicalmembership_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalparameterdecision',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalparameterdecision_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalparameterdecision',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'name', 'value', 'effective_from', 'basis'], digest='9f723987', form='trial.parameterdecision', name='trial_historicalparameterdecision_enters_ledger', record='new.id', site='null', subject='null', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalreferencerange',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalreferencerange_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalreferencerange',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'site_id', 'laboratory', 'test', 'sex', 'age_from', 'age_to', 'low', 'high', 'unit', 'effective_from', 'effective_to', 'certified_to'], digest='268b87a3', form='trial.referencerange', name='trial_historicalreferencerange_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalsite',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalsite_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalsite',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'code', 'name', 'country', 'province', 'time_zone', 'radiotherapy', 'ec_approved_on', 'activated_on'], digest='b0f61b07', form='trial.site', name='trial_historicalsite_enters_ledger', record='new.id', site='new.id', subject='null', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalsitestatus',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalsitestatus_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalsitestatus',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'site_id', 'status', 'since'], digest='bc29372e', form='trial.sitestatus', name='trial_historicalsitestatus_enters_ledger', record='new.id', site='new.site_id', subject='null', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalstudy',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalstudy_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalstudy',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'registration', 'randomization_commitment', 'committed_at'], digest='35d13c12', form='trial.study', name='trial_historicalstudy_enters_ledger', record='new.id', site='null', subject='null', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalsubject',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalsubject_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalsubject',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'site_id', 'code', 'screened_on', 'rescreen_of_id'], digest='8000231c', form='trial.subject', name='trial_historicalsubject_enters_ledger', record='new.id', site='new.site_id', subject='new.id', visit='null'),
        ),
        migrations.AddConstraint(
            model_name='historicalvisit',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='trial_historicalvisit_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalvisit',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'subject_id', 'code', 'target_on', 'opens_on', 'closes_on', 'stopped', 'held_on', 'status', 'mode', 'missed_reason', 'unscheduled_reason'], digest='4fb2a375', form='trial.visit', name='trial_historicalvisit_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = new.subject_id)', subject='new.subject_id', visit='new.id'),
        ),
        migrations.AddConstraint(
            model_name='ledger',
            constraint=trial.history.IsLedger(codes=[trial.acting.ChangeReason['ENTRY_ERROR'], trial.acting.ChangeReason['TRANSCRIPTION'], trial.acting.ChangeReason['UNIT_ERROR'], trial.acting.ChangeReason['SOURCE_UPDATED'], trial.acting.ChangeReason['QUERY_RESPONSE'], trial.acting.ChangeReason['LATE_INFORMATION'], trial.acting.ChangeReason['OTHER']], digest='8b1da036', name='ledger_itself', stock=['change', 'changed', 'changes', 'changedviaadmin', 'changedviaapi', 'changedbyadmin', 'correct', 'corrected', 'correction', 'dataentry', 'edit', 'edited', 'fix', 'fixed', 'modified', 'modify', 'na', 'nil', 'no', 'noreason', 'none', 'notapplicable', 'null', 'ok', 'okay', 'reason', 'seeabove', 'tbd', 'test', 'unknown', 'update', 'updated', 'updates', 'wrong', 'x', 'xx', 'xxx', '更新', '修改', '无'], unsaid='[\\s\\u00a0\\u00ad\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000-\\u303f\\ufeff!-/:-@\\[-`{-~…—·，。；：！？、]+'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=trial.history.KeepsHistory(columns=['id', 'user_id', 'site_id', 'role', 'ends_on', 'version'], computed=[], digest='562ca8e7', fixed=['user_id', 'site_id', 'role'], history='trial_historicalmembership', name='trial_membership_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='parameterdecision',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'name', 'value', 'effective_from', 'basis'], computed=[], digest='dcc3cbfb', fixed=['name'], history='trial_historicalparameterdecision', name='trial_parameterdecision_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='query',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='query_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='query',
            constraint=trial.locking.HonorsLocks(digest='54527300', name='query_honors_locks', others=[], visit='null'),
        ),
        migrations.AddConstraint(
            model_name='queryact',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='query_act_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='queryact',
            constraint=trial.locking.Follows(apart=[], digest='5424f1f6', key='query_id', name='query_act_follows', steps=['>OPEN', 'ANSWERED>CLOSED', 'ANSWERED>REOPENED', 'CLOSED>REOPENED', 'OPEN>ANSWERED', 'OPEN>CLOSED', 'REOPENED>ANSWERED', 'REOPENED>CLOSED']),
        ),
        migrations.AddConstraint(
            model_name='queryact',
            constraint=trial.locking.HonorsLocks(digest='54527300', name='query_act_honors_locks', others=[], visit='null'),
        ),
        migrations.AddConstraint(
            model_name='queryact',
            constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='9489d64c', digested=[], form='trial.queryact', name='trial_queryact_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from trial_query where id = new.query_id)))', 'subject': '(select subject_id from trial_visit where id = (select visit_id from trial_query where id = new.query_id))', 'visit': '(select visit_id from trial_query where id = new.query_id)'}, reason="''"),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='redaction_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=trial.history.Erases(digest='648e47e4', name='redaction_erases'),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=trial.history.EntersLedgerOnInsert(by='new.decided_by_id', digest='77d2ed27', digested=[], form='trial.redaction', name='redaction_enters_ledger', omitted=[], place={'record': '(select record from trial_redactionrequest where id = new.request_id)', 'site': '(select site_id from trial_redactionrequest where id = new.request_id)', 'subject': '(select subject_id from trial_redactionrequest where id = new.request_id)', 'visit': '(select null::bigint from trial_redactionrequest where id = new.request_id)'}, reason="''"),
        ),
        migrations.AddConstraint(
            model_name='redactionrequest',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='redaction_request_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='redactionrequest',
            constraint=trial.history.EntersLedgerOnInsert(by='new.requested_by_id', digest='4620da0c', digested=[], form='trial.redactionrequest', name='redaction_request_enters_ledger', omitted=[], place={'record': 'new.record', 'site': 'new.site_id', 'subject': 'new.subject_id', 'visit': 'null'}, reason="''"),
        ),
        migrations.AddConstraint(
            model_name='referencerange',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'laboratory', 'test', 'sex', 'age_from', 'age_to', 'low', 'high', 'unit', 'effective_from', 'effective_to', 'certified_to'], computed=[], digest='b8fee068', fixed=[], history='trial_historicalreferencerange', name='trial_referencerange_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='signature_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=trial.locking.NamesItsRecord(digest='ba55253e', name='signature_names_its_record'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=trial.locking.HonorsLocks(digest='54527300', name='signature_honors_locks', others=[], visit='null'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=trial.history.EntersLedgerOnInsert(by='new.signed_by_id', digest='497a66f8', digested=['content'], form='trial.signature', name='signature_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', 'subject': '(select subject_id from trial_visit where id = new.visit_id)', 'visit': 'new.visit_id'}, reason="''"),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'code', 'name', 'country', 'province', 'time_zone', 'radiotherapy', 'ec_approved_on', 'activated_on'], computed=[], digest='8d482302', fixed=[], history='trial_historicalsite', name='trial_site_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='sitestatus',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'status', 'since'], computed=[], digest='8ea2e8fa', fixed=[], history='trial_historicalsitestatus', name='trial_sitestatus_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'registration', 'randomization_commitment', 'committed_at'], computed=[], digest='13ac44b1', fixed=[], history='trial_historicalstudy', name='trial_study_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='studylock',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='study_lock_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='studylock',
            constraint=trial.locking.Follows(apart=['OPEN', 'LOCKED'], digest='f20a1c43', key='', name='study_lock_follows', steps=['>LOCK_PROPOSED', 'LOCKED>UNLOCK_PROPOSED', 'LOCK_APPROVED>LOCKED', 'LOCK_APPROVED>OPEN', 'LOCK_PROPOSED>LOCK_APPROVED', 'LOCK_PROPOSED>OPEN', 'OPEN>LOCK_PROPOSED', 'UNLOCK_APPROVED>LOCKED', 'UNLOCK_APPROVED>OPEN', 'UNLOCK_PROPOSED>LOCKED', 'UNLOCK_PROPOSED>UNLOCK_APPROVED']),
        ),
        migrations.AddConstraint(
            model_name='studylock',
            constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='7e01b8e3', digested=[], form='trial.studylock', name='trial_studylock_enters_ledger', omitted=[], place={'record': 'new.id', 'site': 'null', 'subject': 'null', 'visit': 'null'}, reason='new.reason'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'site_id', 'code', 'screened_on', 'rescreen_of_id'], computed=[], digest='522cb191', fixed=['site_id', 'code'], history='trial_historicalsubject', name='trial_subject_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=trial.locking.HonorsLocks(digest='54527300', name='trial_subject_honors_locks', others=[], visit='null'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='event_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='dffae263', digested=[], form='trial.systemevent', name='event_enters_ledger', omitted=[], place={'record': 'new.id', 'site': 'new.site_id', 'subject': 'null', 'visit': 'null'}, reason="''"),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.id', by='null', digest='9f1fc7aa', digested=['password'], ended='removed', key='new.id::text', kind='account', made='made', name='watches_accounts', never_deleted=True, omitted=['last_login'], watched='auth_user'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.user_id', by='null', digest='dd213ae4', digested=[], ended='taken', key='new.id::text', kind='group of account', made='given', name='watches_groups_of_accounts', never_deleted=False, omitted=[], watched='auth_user_groups'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.user_id', by='null', digest='df40e6c6', digested=[], ended='taken', key='new.id::text', kind='permission of account', made='given', name='watches_permissions', never_deleted=False, omitted=[], watched='auth_user_user_permissions'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='null', by='null', digest='4a40e342', digested=[], ended='removed', key='new.id::text', kind='group', made='made', name='watches_groups', never_deleted=False, omitted=[], watched='auth_group'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='null', by='null', digest='01bd4c11', digested=[], ended='removed', key='new.id::text', kind='permission of group', made='made', name='watches_permissions_of_groups', never_deleted=False, omitted=[], watched='auth_group_permissions'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.user_id', by='new.user_id', digest='f1f200d8', digested=[], ended='revoked', key='left(new.digest, 16)', kind='token', made='issued', name='watches_tokens', never_deleted=False, omitted=['token_key', 'digest'], watched='knox_authtoken'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.user_id', by='null', digest='857ea8af', digested=['key'], ended='removed', key='new.id::text', kind='second factor', made='made', name='watches_second_factors', never_deleted=False, omitted=['last_used_at', 'throttling_failure_timestamp', 'throttling_failure_count', 'drift', 'last_t'], watched='otp_totp_totpdevice'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.user_id', by='null', digest='d721e067', digested=[], ended='removed', key='new.id::text', kind='recovery codes', made='made', name='watches_recovery_codes', never_deleted=False, omitted=['last_used_at', 'throttling_failure_timestamp', 'throttling_failure_count'], watched='otp_static_staticdevice'),
        ),
        migrations.AddConstraint(
            model_name='verification',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='verification_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='verification',
            constraint=trial.locking.HonorsLocks(digest='54527300', name='verification_honors_locks', others=[], visit='null'),
        ),
        migrations.AddConstraint(
            model_name='verification',
            constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='374dc4f3', digested=[], form='trial.verification', name='trial_verification_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', 'subject': '(select subject_id from trial_visit where id = new.visit_id)', 'visit': 'new.visit_id'}, reason="''"),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'subject_id', 'code', 'target_on', 'opens_on', 'closes_on', 'stopped', 'held_on', 'status', 'mode', 'missed_reason', 'unscheduled_reason'], computed=['target_on', 'opens_on', 'closes_on', 'stopped'], digest='56101ca8', fixed=['subject_id', 'code'], history='trial_historicalvisit', name='trial_visit_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=trial.locking.HonorsLocks(digest='8b66fab2', name='trial_visit_honors_locks', others=['id', 'missing', 'subject_id', 'code', 'held_on', 'status', 'mode', 'missed_reason', 'unscheduled_reason'], visit='new.id'),
        ),
    ])]
