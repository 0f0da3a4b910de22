import django.db.models.deletion
import django.db.models.functions.datetime
import trial.fields
import trial.history
import trial.locking
from django.conf import settings
from django.db import migrations, models

from trial.migration_operations import CreatedTogether


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0006_cycles_before_consent'),
        ('trial', '0006_second_factors_watched'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreatedTogether([
        migrations.CreateModel(
            name='AllocationOutside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('ENTERED', 'Entered'), ('CONFIRMED', 'Confirmed'), ('DECLINED', 'Declined')], max_length=10)),
                ('allocated_on', models.DateField()),
                ('arm', models.CharField(choices=[('SYS', 'Systemic therapy'), ('SYSRT', 'Systemic therapy and radiotherapy')], max_length=5)),
                ('sysclass', models.CharField(choices=[('ICI_CONTAINING', 'With a checkpoint inhibitor'), ('NO_ICI', 'Without')], max_length=20)),
                ('metpat', models.CharField(choices=[('NODE_ONLY', 'Nodes only'), ('ANY_VISCERAL_OR_BONE', 'Any visceral or bone')], max_length=20)),
                ('source', models.CharField(max_length=200)),
                ('reason', models.CharField(max_length=200)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations_outside', to='trial.subject')),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
                'constraints': [
                    trial.history.AppendOnly(digest='68ded7db', name='allocation_outside_append_only', only_by_trigger=False),
                    trial.locking.Follows(apart=[], digest='728e64ee', key='subject_id', name='allocation_outside_follows', steps=['>ENTERED', 'DECLINED>ENTERED', 'ENTERED>CONFIRMED', 'ENTERED>DECLINED']),
                    trial.locking.HonorsLocks(digest='d7cff35a', name='allocation_outside_honors_locks', others=[], visit='null'),
                    trial.history.EntersLedgerOnInsert(by='new.by_id', digest='46ecfb1e', digested=[], form='crf.allocationoutside', name='crf_allocationoutside_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = new.subject_id)', 'subject': 'new.subject_id', 'visit': 'null'}, reason='new.reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('entered_by', None), ('state', 'ENTERED')), models.Q(models.Q(('state', 'ENTERED'), _negated=True), ('entered_by__isnull', False), models.Q(('entered_by', models.F('by')), _negated=True)), _connector='OR'), name='allocation_outside_has_two_people', violation_error_message='Who entered the allocation does not confirm or decline it. Another person does.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='allocation_outside_names_its_source', violation_error_message='Name the source document, and say why.'),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name='randomization',
            name='crf_randomization_keeps_history',
        ),
        migrations.AddField(
            model_name='historicalrandomization',
            name='outside',
            field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPDS.RANDMAN', default='', max_length=40, verbose_name='Allocated outside the system, entered later'),
        ),
        migrations.AddField(
            model_name='historicalrandomization',
            name='outside_reason',
            field=models.CharField(blank=True, db_comment='SUPPDS.RANDWHY', default='', max_length=200, validators=[trial.fields.without_identifiers], verbose_name='Why it was made outside and entered later'),
        ),
        migrations.AddField(
            model_name='historicalrandomization',
            name='outside_source',
            field=models.CharField(blank=True, db_comment='SUPPDS.RANDSRC', default='', max_length=200, validators=[trial.fields.without_identifiers], verbose_name='Source document of that allocation'),
        ),
        migrations.AddField(
            model_name='randomization',
            name='outside',
            field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPDS.RANDMAN', default='', max_length=40, verbose_name='Allocated outside the system, entered later'),
        ),
        migrations.AddField(
            model_name='randomization',
            name='outside_reason',
            field=models.CharField(blank=True, db_comment='SUPPDS.RANDWHY', default='', max_length=200, validators=[trial.fields.without_identifiers], verbose_name='Why it was made outside and entered later'),
        ),
        migrations.AddField(
            model_name='randomization',
            name='outside_source',
            field=models.CharField(blank=True, db_comment='SUPPDS.RANDSRC', default='', max_length=200, validators=[trial.fields.without_identifiers], verbose_name='Source document of that allocation'),
        ),
        migrations.AlterField(
            model_name='randomization',
            name='eligibility',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.eligibility'),
        ),
        migrations.AddConstraint(
            model_name='randomization',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outside', 'Y'), models.Q(('outside_source', ''), _negated=True), models.Q(('outside_reason', ''), _negated=True), ('number__startswith', 'X-')), models.Q(models.Q(('outside', 'Y'), _negated=True), ('eligibility__isnull', False), ('outside_reason', ''), ('outside_source', ''), models.Q(('number__startswith', 'X-'), _negated=True)), _connector='OR'), name='allocation_outside_says_so', violation_error_message='An allocation made outside the system names its source; one of the system rests on eligibility.'),
        ),
        migrations.AddConstraint(
            model_name='randomization',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'subject_once_id', 'eligibility_id', 'method', 'levels', 'randomized_on', 'number', 'arm', 'sysclass', 'metpat', 'late_reason', 'sysclass_corrected', 'metpat_corrected', 'outside', 'outside_source', 'outside_reason'], computed=[], digest='c380e6ee', fixed=['visit_id', 'subject_once_id', 'eligibility_id', 'randomized_on', 'number', 'arm', 'sysclass', 'metpat', 'method', 'levels', 'outside', 'outside_source', 'outside_reason'], history='crf_historicalrandomization', name='crf_randomization_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='randomization',
            constraint=models.CheckConstraint(condition=models.Q(('outside__in', ['Y', 'N', ''])), name='crf_randomization_outside_codes', violation_error_message='“Allocated outside the system, entered later” is one of the codes of its list.'),
        ),
    ])]
